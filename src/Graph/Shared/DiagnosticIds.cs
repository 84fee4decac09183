namespace TensorGraph;

/// <summary>
/// The ID of every error and warning, of build time and run time alike: TG1xxx C# usage and conversion, TG2xxx shape and dtype,
/// TG3xxx control flow and carried variables, TG4xxx gradient, TG5xxx back end, TG6xxx retrace and performance, TG7xxx side effects and
/// capture, TG9xxx a bug of ours. Those with a 1 after the group, TGx1xx, are found while a project is built. A retired ID stays as a comment and is
/// never used again.
/// </summary>
#if TENSORGRAPH_ANALYZERS
internal
#else
public
#endif
static class DiagnosticIds
{
    /// <summary>A symbolic tensor was used as a C# bool, number or array outside converted code.</summary>
    public const string SymbolicAsValue = "TG1001";

    /// <summary>An argument is null where a value is needed.</summary>
    public const string NullArgument = "TG1002";

    /// <summary>A call does not fit the signature of a concrete function.</summary>
    public const string SignatureMismatch = "TG1003";

    /// <summary>An input signature or tensor spec does not parse.</summary>
    public const string BadSignature = "TG1004";

    /// <summary>The method is not a graph function.</summary>
    public const string NotAGraphFunction = "TG1005";

    /// <summary>Data that a sample or a dataset needs is missing or damaged.</summary>
    public const string BadData = "TG1006";

    /// <summary>A loop that was converted for a trace runs outside of it.</summary>
    public const string ConvertedOutsideTrace = "TG1007";

    /// <summary>A tensor is used after it was disposed of.</summary>
    public const string DisposedTensor = "TG1008";

    /// <summary>A module that has other inputs is called with one tensor.</summary>
    public const string NotCalledWithOneTensor = "TG1009";

    /// <summary>The variables of a module and the tensors of a file do not go together, or two variables have one path.</summary>
    public const string WeightsDoNotFit = "TG1010";

    /// <summary>A graph function can't be saved as it is asked for: it calls C# code, or names are given twice.</summary>
    public const string NotSavable = "TG1011";

    /// <summary>An ONNX model can't have an op of a graph.</summary>
    public const string NotInOnnx = "TG1012";

    /// <summary>An ONNX model has an operator, or a form of one, that graphs do not have.</summary>
    public const string NotFromOnnx = "TG1013";

    /// <summary>A graph function on torch tensors got what it can't trace.</summary>
    public const string NotTraceableTorch = "TG1014";

    /// <summary>Settings of a model server, or a file of them, can't be used.</summary>
    public const string BadServerSettings = "TG1016";

    /// <summary>An estimator is used wrongly: its model function, a setting or a call.</summary>
    public const string EstimatorMisused = "TG1017";

    /// <summary>The class of a graph function is not partial.</summary>
    public const string TypeIsNotPartial = "TG1101";

    /// <summary>A graph function has a ref, in or out parameter.</summary>
    public const string ParameterByReference = "TG1102";

    /// <summary>A graph function is asynchronous or an iterator.</summary>
    public const string AsyncOrIterator = "TG1103";

    /// <summary>A graph function returns something that holds more than tensors.</summary>
    public const string UnsupportedReturnType = "TG1104";

    /// <summary>A graph function has a parameter that cannot be a part of a signature.</summary>
    public const string UnsupportedParameterType = "TG1105";

    /// <summary>A graph function has no body.</summary>
    public const string MethodHasNoBody = "TG1106";

    /// <summary>The attribute stands on a lambda or local function.</summary>
    public const string NotAMethod = "TG1107";

    /// <summary>A graph function stands where no partial class can be added to.</summary>
    public const string UnsupportedContainer = "TG1108";

    /// <summary>An override of a graph function is not marked.</summary>
    public const string OverrideIsNotMarked = "TG1109";

    /// <summary>Tensor control flow in a property, constructor or operator that a graph function reaches.</summary>
    public const string MemberIsNotConverted = "TG1110";

    /// <summary>Two tensors are compared with ==.</summary>
    public const string TensorReferenceEquality = "TG1111";

    /// <summary>A call reaches tensor control flow that cannot be converted, in another assembly or through a type of one.</summary>
    public const string CallIsNotConverted = "TG1112";

    /// <summary>A delegate with tensor control flow, made outside of converted code, reaches a graph function.</summary>
    public const string DelegateIsNotConverted = "TG1113";

    /// <summary>A member of TorchSharp has no counterpart in a graph function.</summary>
    public const string NotInTorchSurface = "TG1114";

    /// <summary>The value of a torch tensor is read while tracing.</summary>
    public const string ValueOfTorchTensor = "TG1115";

    /// <summary>A torch tensor is changed in place where it may have another name.</summary>
    public const string TorchInPlace = "TG1116";

    /// <summary>Shapes that do not fit an op.</summary>
    public const string ShapeMismatch = "TG2001";

    /// <summary>Element types that do not fit an op or each other.</summary>
    public const string DTypeMismatch = "TG2002";

    /// <summary>A tensor has too few or too many axes.</summary>
    public const string RankMismatch = "TG2003";

    /// <summary>An axis, index or size is out of range.</summary>
    public const string OutOfRange = "TG2004";

    /// <summary>A C# number can't be represented in the tensor's dtype.</summary>
    public const string NotRepresentable = "TG2005";

    /// <summary>Symbolic sizes that a graph took to be equal differ in this call.</summary>
    public const string SizesDiffer = "TG2006";

    /// <summary>The text form does not parse.</summary>
    public const string BadText = "TG2007";

    /// <summary>C# text is added to a tensor.</summary>
    public const string TextPlusTensor = "TG2101";

    /// <summary>A branch or loop changes the type of a carried variable.</summary>
    public const string CarriedTypeChanged = "TG3001";

    /// <summary>A graph assertion failed.</summary>
    public const string AssertionFailed = "TG3002";

    /// <summary>A graph function calls itself without end while it is traced.</summary>
    public const string EndlessRecursion = "TG3003";

    /// <summary>A loop of the graph cannot carry a tensor array.</summary>
    public const string ArrayNotCarried = "TG3004";

    /// <summary>The step of a scan changes C# state, so that it would do something else at the next entry.</summary>
    public const string StepChangesState = "TG3005";

    /// <summary>An op in a function for all entries of a batch has an effect, or a size that depends on the entry.</summary>
    public const string NotBatched = "TG3006";

    /// <summary>A host variable is changed under a tensor condition.</summary>
    public const string HostVariableChanged = "TG3101";

    /// <summary>A field, property or element that is no tensor is changed under a tensor condition.</summary>
    public const string HostStateChanged = "TG3102";

    /// <summary>A call under a tensor condition changes a tensor field of another object.</summary>
    public const string StateChangedByCall = "TG3103";

    /// <summary>An array or list of tensors is changed under a tensor condition.</summary>
    public const string ContainerChanged = "TG3104";

    /// <summary>An early return under a tensor condition of something that is not made of tensors.</summary>
    public const string StagedReturn = "TG3105";

    /// <summary>A tensor selects between values that are no tensors.</summary>
    public const string StagedValue = "TG3106";

    /// <summary>An operand that a tensor may skip changes a variable.</summary>
    public const string ChangeInOperand = "TG3107";

    /// <summary>A method calls itself under a tensor condition.</summary>
    public const string StagedRecursion = "TG3108";

    /// <summary>A catch around tensor control flow.</summary>
    public const string CatchAroundStaged = "TG3109";

    /// <summary>A goto or label next to tensor control flow.</summary>
    public const string Goto = "TG3110";

    /// <summary>An await or yield next to tensor control flow.</summary>
    public const string AwaitOrYield = "TG3111";

    /// <summary>Unsafe code around tensor control flow.</summary>
    public const string UnsafeCode = "TG3112";

    /// <summary>A lock around tensor control flow.</summary>
    public const string Lock = "TG3113";

    /// <summary>A ref local next to tensor control flow.</summary>
    public const string RefLocal = "TG3114";

    /// <summary>A statement that has no counterpart in a graph.</summary>
    public const string UnsupportedStatement = "TG3115";

    /// <summary>A list grows under a tensor condition.</summary>
    public const string ListChanged = "TG3116";

    /// <summary>The head of a C# loop that a tensor may leave has an effect.</summary>
    public const string EffectInLoopHead = "TG3117";

    /// <summary>An assertion of a C# value under a tensor condition.</summary>
    public const string HostAssertion = "TG3118";

    /// <summary>An op on the path has no gradient.</summary>
    public const string NoGradient = "TG4001";

    /// <summary>The target or a source of a gradient can't be differentiated.</summary>
    public const string BadGradientTarget = "TG4002";

    /// <summary>A source of a gradient was never watched by the tape.</summary>
    public const string NotWatched = "TG4003";

    /// <summary>Tensors of several devices met in one op or graph.</summary>
    public const string MixedDevices = "TG5001";

    /// <summary>A device has no memory left for a tensor or a run.</summary>
    public const string OutOfMemory = "TG5002";

    /// <summary>More elements than a host array, or an index of an op, can count.</summary>
    public const string TooManyElements = "TG5003";

    /// <summary>A graph can't refer to a device that is not registered.</summary>
    public const string UnknownDevice = "TG5004";

    /// <summary>C# code that a graph calls waits for a call that waits for that graph.</summary>
    public const string WaitsForItself = "TG5005";

    /// <summary>A tensor or call of a device that is lost.</summary>
    public const string DeviceLost = "TG5006";

    /// <summary>LibTorch can't be loaded, or has no such device.</summary>
    public const string LibTorchUnavailable = "TG5007";

    /// <summary>A tensor of one library has no counterpart in the other.</summary>
    public const string NoTorchCounterpart = "TG5008";

    /// <summary>A process that trains with others is gone, or MPI can't be loaded.</summary>
    public const string WorkerLost = "TG5009";

    /// <summary>This machine has no such GPU, or no driver for it.</summary>
    public const string GpuUnavailable = "TG5010";

    /// <summary>The compiler of a device refuses a kernel.</summary>
    public const string KernelRefused = "TG5011";

    /// <summary>A C# loop recorded very many nodes.</summary>
    public const string LoopUnrolls = "TG6001";

    /// <summary>A function is traced again and again.</summary>
    public const string TracesOften = "TG6002";

    /// <summary>A C# value that changes from call to call.</summary>
    public const string ValueChangesPerCall = "TG6101";

    /// <summary>An object or delegate that is made for each call.</summary>
    public const string IdentityChangesPerCall = "TG6102";

    /// <summary>A call of a graph function that cannot be intercepted.</summary>
    public const string CallIsNotIntercepted = "TG6103";

    /// <summary>A tensor whose shape changes from call to call.</summary>
    public const string ShapeChangesPerCall = "TG6104";

    /// <summary>A symbolic tensor was used after its trace ended, or in another trace.</summary>
    public const string EscapedTensor = "TG7002";

    /// <summary>A variable was created on a call that was not the first.</summary>
    public const string VariableCreation = "TG7003";

    /// <summary>
    /// A graph function uses a tensor array that was made outside of it, or changes one, or a C# collection of tensors, that is its argument.
    /// </summary>
    public const string ArrayFromOutside = "TG7004";

    /// <summary>A host side effect in a graph function.</summary>
    public const string HostSideEffect = "TG7101";

    /// <summary>An enumerator is advanced in a graph function.</summary>
    public const string EnumeratorIsFrozen = "TG7102";

    /// <summary>C# state that changes is read where no call can compare it.</summary>
    public const string StateIsFrozen = "TG7103";

    /// <summary>A graph function returns a tensor that it disposes of.</summary>
    public const string DisposedResult = "TG7104";

    /// <summary>A pass or the builder broke an invariant.</summary>
    public const string Internal = "TG9001";
}
