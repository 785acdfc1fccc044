namespace System.Runtime.CompilerServices;

/// <summary>Lets records and init-only setters compile for netstandard2.0, whose class library lacks this type.</summary>
internal static class IsExternalInit;
