using System.Collections.Concurrent;
using System.Text;
using TensorGraph.Backends.Commands;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// A compiled graph. It serves every binding of the graph's symbolic sizes: kernels do not depend on sizes, and the
/// program for a binding (offsets, strides, memory plan) is made when it first comes up. Safe to run from several threads.
/// </summary>
internal sealed class ManagedExecutable : Executable
{
    // Programs are small; a program that sees more bindings than this starts over.
    private const int MaxPrograms = 256;

    private sealed record Bound(TensorLayout[] Arguments, ManagedProgram Program);

    private readonly ConcurrentDictionary<LayoutKey, ManagedProgram> _programs = new();
    private readonly ConstantPool _constants;
    private readonly bool _isSymbolic;
    private Bound? _last;

    public ManagedExecutable(ManagedDevice device, Ir.Graph graph)
        : base(device, graph)
    {
        _constants = new ConstantPool(device);
        _isSymbolic = graph.Entry.Parameters.Any(parameter => !parameter.Types[0].Shape.IsConstant);
        if (!_isSymbolic)
        {
            TensorLayout[] arguments = [.. graph.Entry.Parameters.Select(parameter => TensorLayout.Of(parameter.Types[0]))];
            _last = new Bound(arguments, Lower(arguments));
        }
    }

    /// <inheritdoc/>
    public override SpecializedProgram Specialize(ReadOnlySpan<TensorData> inputs) => ProgramFor(inputs);

    /// <inheritdoc/>
    public override long? EstimatePeakBytes(ReadOnlySpan<TensorLayout> arguments)
    {
        // It must be the program that runs, which knows the numbers of earlier runs.
        if (_last is { } last && arguments.SequenceEqual(last.Arguments)) return last.Program.EstimatedBytes;
        TensorLayout[] layouts = arguments.ToArray();
        return (_programs.TryGetValue(new LayoutKey(layouts), out ManagedProgram? known) ? known : Add(layouts)).EstimatedBytes;
    }

    /// <summary>The steps and kernels of every program made so far, as text.</summary>
    public override string Dump()
    {
        var text = new StringBuilder();
        if (_last is { } last && _programs.IsEmpty) text.Append(last.Program.Dump());
        foreach (ManagedProgram program in _programs.Values) text.Append(program.Dump()).Append('\n');
        return text.ToString();
    }

    private ManagedProgram ProgramFor(ReadOnlySpan<TensorData> inputs)
    {
        if (_last is { } last && Matches(last.Arguments, inputs, Device)) return last.Program;
        Check(inputs);
        var arguments = new TensorLayout[inputs.Length];
        for (int i = 0; i < arguments.Length; i++) arguments[i] = inputs[i].Layout;
        ManagedProgram program = _programs.TryGetValue(new LayoutKey(arguments), out ManagedProgram? known) ? known : Add(arguments);
        _last = new Bound(arguments, program);
        return program;
    }

    private ManagedProgram Add(TensorLayout[] arguments)
    {
        ManagedProgram program = Lower(arguments);
        if (_programs.Count >= MaxPrograms) _programs.Clear();
        return _programs.GetOrAdd(new LayoutKey(arguments), program);
    }

    private ManagedProgram Lower(TensorLayout[] arguments)
    {
        SizeBindings sizes = SizeBindings.Of(Graph, Array.ConvertAll(arguments, layout => layout.Type));
        LoweredRegion region = RegionBuilder.Lower(Graph.Entry, sizes, Forks);
        ProgramProfile? profile = Profile?.Add(arguments, region);
        return new ManagedProgram(region, _constants, profile?.Body) { Source = (Graph, sizes), KeepsPeak = true, Profile = profile };
    }

    private ForkOptions Forks => LoweringStep.Fork.IsLeftOut ? ForkOptions.None : new(_constants.Device.Threads);

    private static bool Matches(TensorLayout[] arguments, ReadOnlySpan<TensorData> inputs, Device device)
    {
        if (arguments.Length != inputs.Length) return false;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (inputs[i] is not { } input || input.Layout != arguments[i] || !input.IsOn(device)) return false;
        }
        return true;
    }
}
