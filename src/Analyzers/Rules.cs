using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using static Microsoft.CodeAnalysis.DiagnosticSeverity;

namespace TensorGraph.Analyzers;

/// <summary>The table of everything that is reported while a project is built. A message says what is wrong, then what to do.</summary>
internal static class Rules
{
    private const string Usage = nameof(Usage);
    private const string ControlFlow = nameof(ControlFlow);
    private const string Performance = nameof(Performance);
    private const string SideEffects = nameof(SideEffects);

    public static readonly DiagnosticDescriptor TypeIsNotPartial = new(DiagnosticIds.TypeIsNotPartial,
        "The class of a graph function is not partial",
        "'{0}' is not partial: {1} needs its traced twin in the same class. Add 'partial' to the declaration of '{0}'.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.TypeIsNotPartial));

    public static readonly DiagnosticDescriptor ParameterByReference = new(DiagnosticIds.ParameterByReference,
        "A graph function cannot have ref, in or out parameters",
        "Graph function '{1}' has the parameter '{2} {0}': a graph has inputs and results, no places in its caller. {3}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.ParameterByReference));

    public static readonly DiagnosticDescriptor AsyncOrIterator = new(DiagnosticIds.AsyncOrIterator,
        "A graph function cannot be asynchronous or an iterator",
        "Graph function '{0}' {1}: its body runs once, to be recorded, and cannot be suspended. {2}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.AsyncOrIterator));

    public static readonly DiagnosticDescriptor UnsupportedReturnType = new(DiagnosticIds.UnsupportedReturnType,
        "The result of a graph function is not made of tensors",
        "Graph function '{0}' returns '{1}': a graph only produces tensors. Return void, Tensor, or a tuple, record, array, list or dictionary of tensors.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.UnsupportedReturnType));

    public static readonly DiagnosticDescriptor UnsupportedParameterType = new(DiagnosticIds.UnsupportedParameterType,
        "A parameter of a graph function cannot be a part of its signature",
        "Parameter '{0}' of graph function '{1}' has type '{2}', which cannot be kept in the signature of a graph. Pass a Tensor, a C# value, an object, or a tuple, record, array, list or dictionary of tensors.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.UnsupportedParameterType));

    public static readonly DiagnosticDescriptor MethodHasNoBody = new(DiagnosticIds.MethodHasNoBody,
        "A graph function has no body",
        "Graph function '{0}' is {1}: there is nothing to record. Mark the methods that implement it instead.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.MethodHasNoBody));

    public static readonly DiagnosticDescriptor NotAMethod = new(DiagnosticIds.NotAMethod,
        "A lambda or local function cannot be a graph function",
        "[GraphFunction] on {0} has no effect: no handle can belong to it. Move the code to a method; lambdas and local functions inside a graph function are converted without the attribute.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.NotAMethod));

    public static readonly DiagnosticDescriptor UnsupportedContainer = new(DiagnosticIds.UnsupportedContainer,
        "A graph function stands in a type that cannot hold its twin",
        "'{0}' stands in {1}, where no traced twin can be added. Move it to a partial class.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.UnsupportedContainer));

    public static readonly DiagnosticDescriptor FileLocalType = new(DiagnosticIds.UnsupportedContainer,
        "A graph function uses a file-local type",
        "'{0}' is local to this file, so the traced twin, which is in another file, cannot name it. Make it internal.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.UnsupportedContainer));

    public static readonly DiagnosticDescriptor OverrideIsNotMarked = new(DiagnosticIds.OverrideIsNotMarked,
        "The override of a graph function is not marked",
        "'{0}' overrides the graph function '{1}' but is not one: a traced call would run the overridden method. Add [GraphFunction].",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.OverrideIsNotMarked));

    public static readonly DiagnosticDescriptor MemberIsNotConverted = new(DiagnosticIds.MemberIsNotConverted,
        "Tensor control flow stands in a member that is not converted",
        "'{0}' contains control flow on tensors and is reached from '{1}', but cannot be converted: {2}. {3}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.MemberIsNotConverted));

    public static readonly DiagnosticDescriptor TensorReferenceEquality = new(DiagnosticIds.TensorReferenceEquality,
        "Two tensors are compared by reference",
        "'{0}' between two tensors asks whether they are the same object, and is decided while tracing. Use {1} to compare their elements, or ReferenceEquals to say that you mean the object.",
        Usage, Warning, true, helpLinkUri: Page(DiagnosticIds.TensorReferenceEquality));

    public static readonly DiagnosticDescriptor CallIsNotConverted = new(DiagnosticIds.CallIsNotConverted,
        "A call runs tensor control flow that is not converted",
        "'{0}' is reached from graph function '{1}' and runs control flow on tensors that is not converted: {2}. {3}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.CallIsNotConverted));

    public static readonly DiagnosticDescriptor DelegateIsNotConverted = new(DiagnosticIds.DelegateIsNotConverted,
        "A delegate with tensor control flow is handed to a graph function",
        "{0} has control flow on tensors and reaches graph function '{1}' through '{2}': a delegate that is made outside of converted code runs as it is written. Let it call a [GraphFunction] method, as in 'x => F(x)', or make it in the graph function.",
        Usage, Warning, true, helpLinkUri: Page(DiagnosticIds.DelegateIsNotConverted), customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor BadSignature = new(DiagnosticIds.BadSignature,
        "An input signature or shape cannot be read",
        "{0} \"{1}\": {2}. Write {3}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.BadSignature));

    public static readonly DiagnosticDescriptor SymbolicAsValue = new(DiagnosticIds.SymbolicAsValue,
        "A value of a tensor is read while a graph function is traced",
        "'{0}' reads a value that the tensor has only when the graph runs, not while '{1}' is traced. {2}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.SymbolicAsValue));

    public static readonly DiagnosticDescriptor HostVariableChanged = new(DiagnosticIds.HostVariableChanged,
        "A host variable is changed under a tensor condition",
        "'{0}' of type '{1}' is changed where a tensor decides whether or how often, and is read later: a graph cannot change a C# value. Make it a Tensor.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.HostVariableChanged));

    public static readonly DiagnosticDescriptor HostStateChanged = new(DiagnosticIds.HostStateChanged,
        "Host state is changed under a tensor condition",
        "'{0}' of type '{1}' is changed where a tensor decides whether or how often: it would be changed once, while tracing. Make it a Tensor or a Variable, or use Ops.HostCall.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.HostStateChanged));

    public static readonly DiagnosticDescriptor StepChangesState = new(DiagnosticIds.StepChangesState,
        "The step of a scan changes C# state",
        "'{0}' is changed by the function of '{1}' and read outside of it: the function is traced once for all elements. Return the value, or carry it in the state of Ops.Scan.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.StepChangesState));

    public static readonly DiagnosticDescriptor StateChangedByCall = new(DiagnosticIds.StateChangedByCall,
        "A call under a tensor condition changes a tensor of another object",
        "'{0}' changes '{1}' of another object where a tensor decides whether or how often: the change cannot leave the branch or loop. Make it a Variable, or return the new value.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.StateChangedByCall));

    public static readonly DiagnosticDescriptor ContainerChanged = new(DiagnosticIds.ContainerChanged,
        "A container of tensors is changed under a tensor condition",
        "'{0}' of type '{1}' is replaced where a tensor decides whether or how often, and is read later: this kind of collection cannot leave a branch or loop. Use a TensorArray made before it, an array or List of tensors whose elements are not assigned one by one, or a tuple or record.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.ContainerChanged));

    public static readonly DiagnosticDescriptor StagedReturn = new(DiagnosticIds.StagedReturn,
        "A return under a tensor condition gives something that is not made of tensors",
        "A tensor decides whether this return is reached, but the result type '{0}' is not a Tensor, or a tuple, record, array or List of tensors. Return tensors.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.StagedReturn));

    public static readonly DiagnosticDescriptor StagedValue = new(DiagnosticIds.StagedValue,
        "A tensor selects between values that are no tensors",
        "A tensor decides which value this expression has, but its type is '{0}': a graph selects between tensors, and tuples, records and structs of them. Make both values tensors; for arrays and lists of one length use an if statement.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.StagedValue));

    public static readonly DiagnosticDescriptor ChangeInOperand = new(DiagnosticIds.ChangeInOperand,
        "An operand that a tensor may skip changes a variable",
        "'{0}' is changed in an operand that a tensor may skip. Use an if statement.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.ChangeInOperand));

    public static readonly DiagnosticDescriptor StagedRecursion = new(DiagnosticIds.StagedRecursion,
        "A method calls itself under a tensor condition",
        "'{0}' leads back to the method that calls it, and only a tensor could end that: tracing would never end. Write a loop, or let a C# value end the recursion.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.StagedRecursion));

    public static readonly DiagnosticDescriptor CatchAroundStaged = new(DiagnosticIds.CatchAroundStaged,
        "A catch around tensor control flow",
        "The catch would only see what is thrown while tracing, never what the graph throws when it runs. Move the try to the caller, or keep control flow on tensors out of it; finally is fine.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.CatchAroundStaged));

    public static readonly DiagnosticDescriptor Goto = new(DiagnosticIds.Goto,
        "A goto in a method with tensor control flow",
        "'{0}' cannot be converted: a graph has branches and loops, no jumps to a place. Use a loop, break, continue or return.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.Goto));

    public static readonly DiagnosticDescriptor AwaitOrYield = new(DiagnosticIds.AwaitOrYield,
        "An await or yield in a method with tensor control flow",
        "'{0}' cannot be converted: the body runs once, to be recorded, and cannot be suspended. Move it to the caller.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.AwaitOrYield));

    public static readonly DiagnosticDescriptor UnsafeCode = new(DiagnosticIds.UnsafeCode,
        "Unsafe code around tensor control flow",
        "'{0}' cannot stand around control flow on tensors: a pointer has no meaning when the graph runs. Move the unsafe code to a method of its own.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.UnsafeCode));

    public static readonly DiagnosticDescriptor Lock = new(DiagnosticIds.Lock,
        "A lock around tensor control flow",
        "The lock would be held while tracing, not while the graph runs. Take the lock in the caller.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.Lock));

    public static readonly DiagnosticDescriptor RefLocal = new(DiagnosticIds.RefLocal,
        "A ref local in a method with tensor control flow",
        "'{0}' is a reference to a place, which cannot be carried out of a branch or loop on tensors. Use an ordinary local and assign it back.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.RefLocal));

    public static readonly DiagnosticDescriptor UnsupportedStatement = new(DiagnosticIds.UnsupportedStatement,
        "A statement has no counterpart in a graph",
        "'{0}' cannot be converted here, where a tensor decides. Rewrite it with if, loops, break, continue, return or throw.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.UnsupportedStatement));

    public static readonly DiagnosticDescriptor ListChanged = new(DiagnosticIds.ListChanged,
        "A collection is changed under a tensor condition",
        "'{0}' changes a C# collection where a tensor decides whether or how often: it would be changed once, while tracing. Use a TensorArray.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.ListChanged));

    public static readonly DiagnosticDescriptor EffectInLoopHead = new(DiagnosticIds.EffectInLoopHead,
        "The head of a C# loop that a tensor may leave has an effect",
        "'{0}' in the head of this C# loop runs while tracing for every iteration, also for those that a tensor skips with break or return. Make the counter a Tensor, so that the loop is part of the graph, or move the effect into the body or ahead of the loop.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.EffectInLoopHead));

    public static readonly DiagnosticDescriptor HostAssertion = new(DiagnosticIds.HostAssertion,
        "An assertion of a C# value under a tensor condition",
        "'{0}' stands where a tensor decides whether it is reached, and would be checked while tracing, whatever the tensor says. Use Ops.Assert on a tensor, or throw, which happens when the graph gets there.",
        ControlFlow, Error, true, helpLinkUri: Page(DiagnosticIds.HostAssertion));

    public static readonly DiagnosticDescriptor ValueChangesPerCall = new(DiagnosticIds.ValueChangesPerCall,
        "A C# value that changes from call to call makes each call a new trace",
        "'{0}' changes from call to call, and each new value of '{1}' makes graph function '{2}' be traced again. Make '{1}' a Tensor parameter.",
        Performance, Info, true, helpLinkUri: Page(DiagnosticIds.ValueChangesPerCall));

    public static readonly DiagnosticDescriptor IdentityChangesPerCall = new(DiagnosticIds.IdentityChangesPerCall,
        "An object that is made for each call makes each call a new trace",
        "For {0} a new object is made in each iteration of the loop, so graph function '{1}' is traced again each time. Make it once, ahead of the loop.",
        Performance, Info, true, helpLinkUri: Page(DiagnosticIds.IdentityChangesPerCall));

    public static readonly DiagnosticDescriptor ShapeChangesPerCall = new(DiagnosticIds.ShapeChangesPerCall,
        "A tensor whose shape changes from call to call leads to further traces",
        "The shape of '{0}' changes from call to call, so graph function '{1}' is traced {2}. Declare the sizes that vary, as in InputSignature = [\"f32[?, 3]\"], or pad the tensor to one size.",
        Performance, Info, true, helpLinkUri: Page(DiagnosticIds.ShapeChangesPerCall));

    public static readonly DiagnosticDescriptor LoopUnrolls = new(DiagnosticIds.LoopUnrolls,
        "A C# loop in a graph function records very many nodes",
        "This C# loop of graph function '{0}' runs while tracing and records at least {1} nodes. Make it a loop of the graph: walk over Ops.Range, a tensor or a Dataset, or count with a Tensor.",
        Performance, Warning, true, helpLinkUri: Page(DiagnosticIds.LoopUnrolls));

    public static readonly DiagnosticDescriptor NotInTorchSurface = new(DiagnosticIds.NotInTorchSurface,
        "A member of TorchSharp has no counterpart in a graph function",
        "'{0}' can't be used in a graph function on torch tensors. {1}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.NotInTorchSurface));

    public static readonly DiagnosticDescriptor ValueOfTorchTensor = new(DiagnosticIds.ValueOfTorchTensor,
        "The value of a torch tensor is read while tracing",
        "'{0}' reads a value that only the graph will know. Keep the tensor, read it in the condition itself: if (x.item<float>() < c), or return it and read it in the caller.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.ValueOfTorchTensor));

    public static readonly DiagnosticDescriptor TorchInPlace = new(DiagnosticIds.TorchInPlace,
        "A torch tensor is changed in place where it may have another name",
        "Here {0} can't be traced: {1}. {2}.",
        Usage, Error, true, helpLinkUri: Page(DiagnosticIds.TorchInPlace));

    public static readonly DiagnosticDescriptor LoopUnrollsInHelper = new(DiagnosticIds.LoopUnrolls,
        "A C# loop in a method that a graph function calls records very many nodes",
        "Graph function '{0}' reaches this C# loop, which then runs while tracing and records at least {1} nodes. Make it a loop of the graph: walk over Ops.Range, a tensor or a Dataset, or count with a Tensor.",
        Performance, Warning, true, helpLinkUri: Page(DiagnosticIds.LoopUnrolls), customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor CallIsNotIntercepted = new(DiagnosticIds.CallIsNotIntercepted,
        "A call of a graph function runs as plain C#",
        "This call of graph function '{0}' runs as plain C#, op by op, since {1}. Make the types internal and known here, or call the delegate that GraphFunction.Compile gives.",
        Performance, Info, true, helpLinkUri: Page(DiagnosticIds.CallIsNotIntercepted));

    public static readonly DiagnosticDescriptor HostSideEffect = new(DiagnosticIds.HostSideEffect,
        "A side effect in a graph function happens only while tracing",
        "'{0}' runs only while the graph function is traced, {2}. Use {1}, or move the call to the caller.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.HostSideEffect));

    public static readonly DiagnosticDescriptor HostSideEffectInHelper = new(DiagnosticIds.HostSideEffect,
        "A side effect in a method that a graph function calls happens only while tracing",
        "Graph function '{2}' reaches '{0}', which then runs only while it is traced, not each time it is called. Use {1}, or move it to the caller.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.HostSideEffect), customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor EscapedTensor = new(DiagnosticIds.EscapedTensor,
        "A tensor of a graph function is kept and read outside of it",
        "'{0}' gets a tensor that has no value after graph function '{1}' was traced, and '{2}' reads it. Return the tensor from the graph function, or keep it in a Variable.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.EscapedTensor), customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor VariableCreation = new(DiagnosticIds.VariableCreation,
        "A graph function creates a variable on every call",
        "Graph function '{0}' creates this variable on every call; a variable outlives calls. Create it in the constructor, or keep it in a field and create it with '??='.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.VariableCreation));

    public static readonly DiagnosticDescriptor VariableCreationInHelper = new(DiagnosticIds.VariableCreation,
        "A method that a graph function calls creates a variable on every call",
        "Graph function '{0}' reaches this creation of a variable on every call; a variable outlives calls. Create it in the constructor, or keep it in a field and create it with '??='.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.VariableCreation), customTags: WellKnownDiagnosticTags.CompilationEnd);

    public static readonly DiagnosticDescriptor DisposedResult = new(DiagnosticIds.DisposedResult,
        "A graph function returns a tensor that it disposes of",
        "'{0}' is disposed of before graph function '{1}' returns it: run as plain C# the result has no value, and only the graph gives one. Leave out {2}: memory of a tensor that is returned belongs to the caller.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.DisposedResult));

    public static readonly DiagnosticDescriptor EnumeratorIsFrozen = new(DiagnosticIds.EnumeratorIsFrozen,
        "An enumerator in a graph function is advanced only while tracing",
        "'{0}' runs only while the graph function is traced: every later call sees the same element. Walk over a Dataset, or pass the element as an argument.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.EnumeratorIsFrozen));

    public static readonly DiagnosticDescriptor StateIsFrozen = new(DiagnosticIds.StateIsFrozen,
        "C# state that changes is frozen while tracing",
        "'{0}' is read while '{1}' is traced and keeps that value in the graph, but {2} changes it. {3}.",
        SideEffects, Warning, true, helpLinkUri: Page(DiagnosticIds.StateIsFrozen), customTags: WellKnownDiagnosticTags.CompilationEnd);

    /// <summary>Diagnostics that the conversion itself finds.</summary>
    public static ImmutableArray<DiagnosticDescriptor> OfConversion { get; } =
    [
        HostVariableChanged, HostStateChanged, StateChangedByCall, ContainerChanged, StagedReturn, StagedValue, ChangeInOperand, StagedRecursion,
        CatchAroundStaged, Goto, AwaitOrYield, UnsafeCode, Lock, RefLocal, UnsupportedStatement, ListChanged, EffectInLoopHead, HostAssertion,
        MemberIsNotConverted, TypeIsNotPartial,
        StepChangesState,
    ];

    internal static string Page(string id) => $"https://github.com/tensorgraph/tensorgraph/blob/main/docs/rules/{id}.md";
}
