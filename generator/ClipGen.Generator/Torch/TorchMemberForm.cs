using ClipGen.Generator.Model;

namespace ClipGen.Generator.Torch;

/// <summary>A member of a <c>torch.nn.Module</c> that holds registered parameters.</summary>
/// <param name="IsIgnored">Whether it is left out.</param>
/// <param name="Display">The type as people write it.</param>
internal sealed record TorchMemberForm(bool IsIgnored, string Display) : GradientForm(Display);
