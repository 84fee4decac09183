namespace TensorGraph.Analyzers;

/// <summary>One generated file. Its text is its identity: nothing of the compilation it came from is kept.</summary>
internal sealed record GeneratedFile(string HintName, string Text);

/// <summary>
/// The output for one [GraphFunction] method: its own file, and the twins of the helpers that it reaches. A method that other assemblies run while
/// they trace has no file of its own but a twin.
/// </summary>
internal sealed record GraphFunctionFiles(GeneratedFile? Function, EquatableArray<GeneratedFile> HelperTwins);

/// <summary>A call that goes straight to a generated entry: which interceptor it needs, and where it stands.</summary>
internal sealed record InterceptedCall(Interceptor Interceptor, string LocationAttribute, string DisplayLocation);

/// <summary>The text of an interceptor method without its name; equal ones share one method.</summary>
internal sealed record Interceptor(string MethodName, string ReturnType, string Parameters, string Call);
