namespace System.Runtime.CompilerServices;

/// <summary>A type that the compiler needs to build records on .NET Standard 2.0.</summary>
internal static class IsExternalInit;
