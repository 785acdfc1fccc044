using System.Collections;
using System.Diagnostics.CodeAnalysis;
using ClipGen.Numerics.Walking;
using ClipGen.Observing;

namespace ClipGen.Arguments;

/// <summary>
/// The gradients of one call of <see cref="Gradients"/>, in the order of its arguments. Each sequence is enumerated once, so that every
/// pass sees the same buffers. Each thread keeps one list, so that arrays and lists of arrays allocate nothing after the first call of
/// their size.
/// </summary>
internal sealed class ArgumentList
{
    // Deeper than the nesting of any network. A sequence that contains itself would never end.
    private const int DeepestNesting = 32;

    // For languages that do not pass the text of an argument.
    private static readonly string[] ParameterNames =
        ["gradients", .. Enumerable.Range(2, Gradients.MaximumArguments - 1).Select(position => $"gradients{position}")];

    [ThreadStatic]
    private static ArgumentList? _kept;

    private ArgumentRecord[] _records = new ArgumentRecord[32];
    private int _count;
    private ClipSite _site;

    /// <summary>The steps of the traversal.</summary>
    internal ReadOnlySpan<ArgumentRecord> Records => _records.AsSpan(0, _count);

    /// <summary>The call, with the arguments as written in the source code, separated by commas.</summary>
    internal ClipSite Site
    {
        get
        {
            var texts = new List<string>();
            int depth = 0;
            foreach (ref readonly ArgumentRecord record in Records)
            {
                if (depth == 0)
                    texts.Add(record.Name!);
                depth += record.Kind switch
                {
                    ArgumentKind.Enter or ArgumentKind.EnterItem or ArgumentKind.EnterKey => 1,
                    ArgumentKind.Leave => -1,
                    _ => 0,
                };
            }

            return _site with { Text = string.Join(", ", texts) };
        }
    }

    /// <summary>Gets the list of the current thread, or a new one if that is in use.</summary>
    /// <param name="site">The file and the member of the call.</param>
    internal static ArgumentList Rent(in ClipSite site = default)
    {
        ArgumentList list = _kept ?? new ArgumentList();
        _kept = null;
        list._site = site;
        return list;
    }

    /// <summary>Releases all arguments and keeps the memory for the next call.</summary>
    internal void Return()
    {
        _records.AsSpan(0, _count).Clear();
        _count = 0;
        _kept = this;
    }

    /// <summary>Adds the arguments of a call.</summary>
    /// <param name="gradients">The arguments.</param>
    /// <param name="texts">Their texts in the caller's source code.</param>
    /// <exception cref="ArgumentException">An argument, or an item of one, is not a gradient.</exception>
    internal void Add(ReadOnlySpan<IEnumerable?> gradients, ReadOnlySpan<string?> texts)
    {
        for (int i = 0; i < gradients.Length; i++)
            Add(gradients[i], texts[i], i);
    }

    /// <summary>Adds one argument; of <see langword="null"/> only its text.</summary>
    /// <param name="gradients">The argument.</param>
    /// <param name="text">Its text in the caller's source code.</param>
    /// <param name="position">Its position among the arguments.</param>
    /// <exception cref="ArgumentException">The argument, or an item of it, is not a gradient.</exception>
    internal void Add(object? gradients, string? text, int position)
    {
        if (gradients is null)
        {
            AddText(text);
            return;
        }

        string name = text ?? ParameterNames[position];
        if (GradientBuffers.IsBuffer(gradients))
        {
            Next() = new ArgumentRecord { Kind = ArgumentKind.Buffer, Name = name, Target = gradients };
            return;
        }

        Next() = new ArgumentRecord { Kind = ArgumentKind.Enter, Name = name };
        AddItems(gradients, position, 1);
        Leave();
    }

    /// <summary>Adds pinned elements.</summary>
    /// <param name="kind">Their type.</param>
    /// <param name="address">The address of the first one.</param>
    /// <param name="length">Their number.</param>
    /// <param name="owner">The object that keeps them alive.</param>
    /// <param name="text">The argument's text in the caller's source code.</param>
    /// <param name="position">The argument's position.</param>
    internal void AddPinned(ArgumentKind kind, nint address, int length, object? owner, string? text, int position) =>
        Next() = new ArgumentRecord
        {
            Kind = kind,
            Address = address,
            Number = length,
            Target = owner,
            Name = text ?? ParameterNames[position],
        };

    // Records know a call by the texts of its arguments, whether they are null or not.
    private void AddText(string? text)
    {
        if (text is null)
            return;
        Next() = new ArgumentRecord { Kind = ArgumentKind.Enter, Name = text };
        Leave();
    }

    private void AddItems(object sequence, int position, int depth)
    {
        if (depth > DeepestNesting)
            ThrowTooDeep(position);
        switch (sequence)
        {
            case Array array when array.GetType().GetElementType() is { } type && (type.IsPrimitive || type == typeof(decimal)):
                ThrowNoGradients(sequence, position);
                break;
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                {
                    Next() = new ArgumentRecord { Kind = ArgumentKind.EnterKey, Target = entry.Key };
                    AddItem(entry.Value, position, depth);
                    Leave();
                }

                break;
            case IList list and not Array { Rank: > 1 }:
                // By index, because the enumerator of an <c>IList</c> is an allocation.
                for (int i = 0; i < list.Count; i++)
                    AddItemAt(i, list[i], position, depth);
                break;
            case IEnumerable items:
                int number = 0;
                foreach (object? item in items)
                    AddItemAt(number++, item, position, depth);
                break;
            default:
                ThrowNoGradients(sequence, position);
                break;
        }
    }

    private void AddItemAt(int number, object? item, int position, int depth)
    {
        Next() = new ArgumentRecord { Kind = ArgumentKind.EnterItem, Number = number };
        AddItem(item, position, depth);
        Leave();
    }

    private void AddItem(object? item, int position, int depth)
    {
        if (item is null)
            return;
        if (GradientBuffers.IsBuffer(item))
            Next() = new ArgumentRecord { Kind = ArgumentKind.Buffer, Name = "", Target = item };
        else
            AddItems(item, position, depth + 1);
    }

    private void Leave() => Next().Kind = ArgumentKind.Leave;

    private ref ArgumentRecord Next()
    {
        if (_count == _records.Length)
            Array.Resize(ref _records, 2 * _count);
        return ref _records[_count++];
    }

    [DoesNotReturn]
    private void ThrowNoGradients(object target, int position) =>
        throw new ArgumentException(
            $"'{CurrentPath()}' is of type {target.GetType()}. Gradients are arrays of float, double or Half of any rank, Span<T> and "
            + "Memory<T> of these, IGradientSource objects, and lists and other sequences of these."
            + (IsOfTorch(target) ? " For the parameters and modules of TorchSharp, call TorchGradients instead." : ""),
            ParameterNames[position]);

    private static bool IsOfTorch(object target) => target.GetType().Namespace?.StartsWith("TorchSharp", StringComparison.Ordinal) == true;

    [DoesNotReturn]
    private void ThrowTooDeep(int position) =>
        throw new ArgumentException(
            $"'{CurrentPath()}' is nested more than {DeepestNesting} levels deep. A sequence that contains itself cannot be clipped.",
            ParameterNames[position]);

    // The path of the current sequence or item.
    private string CurrentPath()
    {
        var path = new GradientPath();
        foreach (ref readonly ArgumentRecord record in Records)
        {
            switch (record.Kind)
            {
                case ArgumentKind.Enter:
                    path.Enter(record.Name!);
                    break;
                case ArgumentKind.EnterItem:
                    path.EnterItem(record.Number);
                    break;
                case ArgumentKind.EnterKey:
                    path.EnterItem(record.Target);
                    break;
                case ArgumentKind.Leave:
                    path.Leave();
                    break;
            }
        }

        return path.Of("").ToString();
    }
}
