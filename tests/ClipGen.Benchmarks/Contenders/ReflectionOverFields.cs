using System.Collections;
using System.Numerics.Tensors;
using System.Reflection;

namespace ClipGen.Benchmarks.Contenders;

/// <summary>
/// Finds the gradients by reflection in every call, as libraries for arbitrary models do. Fields are looked up once for each type. Values
/// are read in every call, because they may have been replaced. The arithmetic is that of the loop over <see cref="TensorPrimitives"/>.
/// </summary>
public sealed class ReflectionOverFields(object model) : Contender("reflection")
{
    private readonly Dictionary<Type, FieldInfo[]> _fields = [];
    private readonly List<float[]> _gradients = [];

    /// <inheritdoc/>
    public override double Clip(double limit)
    {
        _gradients.Clear();
        Collect(model);
        double sum = 0;
        foreach (float[] gradient in _gradients) sum += TensorPrimitives.SumOfSquares<float>(gradient);

        double norm = Math.Sqrt(sum);
        if (norm > limit)
        {
            float scale = (float)(limit / norm);
            foreach (float[] gradient in _gradients) TensorPrimitives.Multiply(gradient, scale, gradient);
        }

        return norm;
    }

    private void Collect(object? value)
    {
        switch (value)
        {
            case null:
                break;
            case float[] gradient:
                _gradients.Add(gradient);
                break;
            case IList items:
                foreach (object? item in items) Collect(item);
                break;
            default:
                foreach (FieldInfo field in FieldsOf(value.GetType())) Collect(field.GetValue(value));
                break;
        }
    }

    private FieldInfo[] FieldsOf(Type type)
    {
        if (!_fields.TryGetValue(type, out FieldInfo[]? fields))
        {
            fields = type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
            _fields.Add(type, fields);
        }

        return fields;
    }
}
