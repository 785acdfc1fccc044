namespace ClipGen.Analyzers.TrainingLoops.Screening;

/// <summary>What an identifier may mean for training in one program.</summary>
[Flags]
internal enum IdentifierKinds
{
    None = 0,

    /// <summary>It may belong to training, or names a method that does.</summary>
    Training = 1,

    /// <summary>It can name, mark or be part of a step, or names a method that steps.</summary>
    Step = 2,
}
