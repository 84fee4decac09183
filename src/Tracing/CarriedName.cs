namespace TensorGraph;

/// <summary>
/// A tensor that a loop of the graph carries. The iteration before may end with a name, which is known only when the body has been traced; so it is
/// remembered when the tensor is read.
/// </summary>
internal sealed class CarriedName : TensorName
{
    private readonly Tensor _value;
    private readonly CarriedName _first;
    private readonly int _begin = Trace.NameClock, _loops = OpenLoops;
    private int _lastRead;

    private CarriedName(Tensor value, CarriedName? first)
    {
        _value = value;
        _first = first ?? this;
    }

    private static TraceContext Trace => (TraceContext)ExecutionContext.Current;

    private static int OpenLoops => CompilerServices.ControlScope.Loops(Trace.Frames).Count();

    /// <summary>A parameter of the body under construction.</summary>
    public static Tensor Of(Tensor parameter) => AreMade?.Invoke() == true ? As(parameter, null) : parameter;

    /// <summary>True where a change since the iteration began came ahead of a read.</summary>
    /// <param name="changes">When what an iteration ends with has changed, by the clock of the trace.</param>
    public bool IsReadBehind(IEnumerable<int> changes) => changes.Any(change => change > _first._begin && change <= _first._lastRead);

    // In a loop that has begun since, a further iteration may read behind all that follows.
    public override Tensor Read()
    {
        _first._lastRead = OpenLoops > _first._loops ? int.MaxValue : Math.Max(_first._lastRead, Trace.NameClock);
        return _value.Unnamed;
    }

    public override Tensor Maybe(Tensor value) => As(value, _first);

    public override void CheckCarried(CarriedName start) => _value.Named?.CheckCarried(start);

    private static Tensor As(Tensor value, CarriedName? first) => new(value.Value, value.Trace!) { Named = new CarriedName(value, first) };
}
