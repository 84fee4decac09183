using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.CompilerServices;

/// <summary>Uses of tapes in an open region that were opened outside of it.</summary>
internal sealed partial class ControlScope
{
    private readonly Dictionary<TapeRecord, TapeRecord.Fate> _tapesBefore = [];
    private readonly List<(TapeRecord Tape, Value Parameter, Value[] Sources, Resource[] Variables)> _passed = [];

    /// <summary>The tapes that recorded ahead of the region.</summary>
    public ImmutableArray<TapeRecord> TapesAround { get; }

    /// <summary>True where tapes from around the region record in it and give gradients.</summary>
    public bool TapesEnter => _kind is RegionKind.Branch or RegionKind.Block or RegionKind.Iteration;

    /// <summary>The body of a loop that tapes from around it enter.</summary>
    public bool IsIteration => _kind == RegionKind.Iteration;

    /// <summary>The tapes from around a branch that were used or closed in it, with what became of them.</summary>
    public Dictionary<TapeRecord, TapeRecord.Fate> TapesAfter { get; } = [];

    /// <summary>A tape from around the region is about to be used or closed in it.</summary>
    public void Change(TapeRecord tape, TapeRecord.Fate before) => _tapesBefore.TryAdd(tape, before);

    /// <summary>A gradient by these sources has reached a value that the iteration takes from outside, and stopped there.</summary>
    public void Pass(TapeRecord tape, Value parameter, Value[] sources, Resource[] variables) => _passed.Add((tape, parameter, sources, variables));

    /// <summary>
    /// The iteration ends. A gradient was taken in it as if the values that it takes from outside were constants: none of them may depend on what
    /// the gradient was by.
    /// </summary>
    /// <param name="carried">Their parameters, and what these stand for: the values ahead of the loop and at the end of an iteration.</param>
    public void EndIteration(Func<IEnumerable<(Value Parameter, Tensor[] Origins)>> carried)
    {
        foreach (var (tape, before) in _tapesBefore)
            tape.CheckStaysOpen(before);
        if (_passed.Count == 0 && Names.Count == 0)
            return;
        var origins = carried().ToDictionary(value => value.Parameter, value => value.Origins);
        var values = origins.ToDictionary(origin => origin.Key, origin => Array.ConvertAll(origin.Value, _trace.ValueOf));
        foreach (var (tape, parameter, sources, variables) in _passed)
            tape.CheckCarried(this, parameter, sources, variables, values);
        CheckNames(origins);
    }

    private void CloseTapes()
    {
        foreach (var (tape, before) in _tapesBefore)
        {
            if (_kind == RegionKind.Branch)
                TapesAfter.Add(tape, tape.Return(before));
            else
                tape.Join(tape.Return(before));
        }
    }
}
