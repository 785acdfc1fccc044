namespace ClipGen.Observing.Recording;

/// <summary>The data of a timeline for consecutive steps.</summary>
/// <typeparam name="TColumn">The column itself.</typeparam>
internal interface IColumn<TColumn>
    where TColumn : IColumn<TColumn>
{
    /// <summary>Joins two consecutive columns into one.</summary>
    static abstract TColumn Join(TColumn first, TColumn second);
}
