namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>What an identifier can have to do with training in one program.</summary>
[Flags]
internal enum IdentifierKinds
{
    None = 0,

    /// <summary>It can have to do with training at all, or names a method that has.</summary>
    Training = 1,

    /// <summary>It can name, mark or be part of a step, or names a method that steps.</summary>
    Step = 2,
}
