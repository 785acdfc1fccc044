namespace ClipGen.Torch;

/// <summary>A module some of whose members are left out of clipping or belong to a group. Implemented by generated code.</summary>
public interface IModuleGradients
{
    /// <summary>Says which members are left out and which belong to a group.</summary>
    /// <param name="declarations">Receives them.</param>
    void DeclareGradients(ModuleDeclarations declarations);
}
