namespace ClipGen.Torch;

/// <summary>A module with members that are excluded from clipping or that belong to a group. Generated code implements it.</summary>
public interface IModuleGradients
{
    /// <summary>Declares which members are excluded and which belong to a group.</summary>
    /// <param name="declarations">Receives the declarations.</param>
    void DeclareGradients(ModuleDeclarations declarations);
}
