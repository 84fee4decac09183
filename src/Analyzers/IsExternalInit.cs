namespace System.Runtime.CompilerServices;

/// <summary>What the compiler asks for to build records on .NET Standard 2.0.</summary>
internal static class IsExternalInit;
