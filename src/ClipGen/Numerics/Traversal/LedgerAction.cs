namespace ClipGen.Numerics.Traversal;

/// <summary>What a clip is to do after it has measured all buffers.</summary>
internal enum LedgerAction
{
    /// <summary>Nothing exceeds its limit.</summary>
    None,

    /// <summary>What each entry says.</summary>
    Apply,

    /// <summary>Set all buffers to zero.</summary>
    Zero,
}
