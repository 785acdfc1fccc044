namespace ClipGen.Observing.Recording;

/// <summary>What a timeline keeps of neighbouring steps.</summary>
/// <typeparam name="TColumn">The column itself.</typeparam>
internal interface IColumn<TColumn>
    where TColumn : IColumn<TColumn>
{
    /// <summary>The column of the steps of two neighbours.</summary>
    static abstract TColumn Join(TColumn first, TColumn second);
}
