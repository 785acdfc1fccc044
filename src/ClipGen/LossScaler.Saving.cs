using ClipGen.Optimizers;
using ClipGen.Optimizers.Saving;

namespace ClipGen;

/// <content>Saving and loading of the scale.</content>
public sealed partial class LossScaler
{
    private const string KindKey = "clipgen.loss_scaler";

    /// <summary>Writes the scale and the number of good steps, in the metadata of a safetensors file.</summary>
    /// <param name="stream">The stream. It stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var options = new OptionList();
        options.Exchange("scale", Scale);
        options.Exchange("growth_interval", GrowthInterval);
        options.Exchange("good_steps", GoodSteps);
        options.Written.Add(KindKey, "1");
        SafetensorsFile.Write(stream, options.Written, []);
    }

    /// <summary>Reads the state written by <see cref="Save"/>.</summary>
    /// <param name="stream">The stream. It is read to its end, and stays open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">
    /// The stream is truncated, or does not contain the state of a loss scaler. Nothing was changed.
    /// </exception>
    public void Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            (Dictionary<string, string> metadata, _) = SafetensorsFile.Read(stream);
            if (!metadata.ContainsKey(KindKey))
                throw new InvalidDataException("The file was not saved by a loss scaler.");
            var options = new OptionList(metadata);
            double scale = options.Exchange("scale", Scale);
            double interval = options.Exchange("growth_interval", GrowthInterval);
            double steps = options.Exchange("good_steps", GoodSteps);
            if (scale is not (>= Least and <= double.MaxValue)
                || interval is not (>= 1 and <= int.MaxValue)
                || !(steps >= 0 && steps < interval)
                || !double.IsInteger(interval)
                || !double.IsInteger(steps))
            {
                throw new InvalidDataException("The numbers in the file are out of range.");
            }

            (Scale, GrowthInterval, GoodSteps) = (scale, (int)interval, (int)steps);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The state of the loss scaler was not loaded, and nothing was changed. {exception.Message}",
                exception);
        }
    }
}
