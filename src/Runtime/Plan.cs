using System.Collections.Concurrent;
using System.Text;
using TensorGraph.Backends.Execution;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// A compiled graph. It serves every binding of the graph's symbolic sizes: kernels do not depend on sizes, and the
/// program for a binding (offsets, strides, memory plan) is made when it first comes up. Safe to run from several threads.
/// </summary>
public sealed class Plan
{
    // Programs are small; a program that sees more bindings than this starts over.
    private const int MaxPrograms = 256;

    private sealed record Bound(TensorLayout[] Arguments, Program Program);

    private readonly ConcurrentDictionary<Key, Program> _programs = new();
    private readonly ConstantPool _constants = new();
    private readonly bool _isSymbolic;
    private Bound? _last;

    internal Plan(Ir.Graph graph)
    {
        Graph = graph;
        _isSymbolic = graph.Entry.Parameters.Any(parameter => !parameter.Types[0].Shape.IsConstant);
        if (!_isSymbolic)
        {
            TensorLayout[] arguments = [.. graph.Entry.Parameters.Select(parameter => TensorLayout.Of(parameter.Types[0]))];
            _last = new Bound(arguments, Lower(arguments));
        }
    }

    /// <summary>Equal argument layouts are the same objects.</summary>
    private readonly struct Key(TensorLayout[] layouts) : IEquatable<Key>
    {
        private readonly TensorLayout[] _layouts = layouts;

        public bool Equals(Key other) => _layouts.AsSpan().SequenceEqual(other._layouts);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (TensorLayout layout in _layouts) hash.Add(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(layout));
            return hash.ToHashCode();
        }
    }

    /// <summary>What was compiled.</summary>
    public Ir.Graph Graph { get; }

    /// <summary>Runs on one tensor for each parameter and returns one for each result.</summary>
    /// <exception cref="GraphException">An argument does not fit its parameter, sizes that must be equal differ, an assertion fails.</exception>
    public TensorData[] Run(ReadOnlySpan<TensorData> inputs, CancellationToken cancellation = default)
    {
        Program program = ProgramFor(inputs);
        var results = new TensorData[program.Results.Length];
        program.Run(inputs, results, cancellation.CanBeCanceled ? new RunContext(cancellation) : RunContext.None);
        return results;
    }

    /// <summary>The steps and kernels of every program made so far, as text.</summary>
    public string Dump()
    {
        var text = new StringBuilder();
        if (_last is { } last && _programs.IsEmpty) text.Append(last.Program.Dump());
        foreach (Program program in _programs.Values) text.Append(program.Dump()).Append('\n');
        return text.ToString();
    }

    private Program ProgramFor(ReadOnlySpan<TensorData> inputs)
    {
        if (_last is { } last && Matches(last.Arguments, inputs)) return last.Program;
        var arguments = new TensorLayout[inputs.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = (inputs[i] ?? throw new GraphException(
                DiagnosticIds.NullArgument, $"{Graph.Name}: argument {i} is null", "Pass a tensor.")).Layout;
        }
        Program program = _programs.TryGetValue(new Key(arguments), out Program? known) ? known : Add(arguments);
        _last = new Bound(arguments, program);
        return program;
    }

    private Program Add(TensorLayout[] arguments)
    {
        Program program = Lower(arguments);
        if (_programs.Count >= MaxPrograms) _programs.Clear();
        return _programs.GetOrAdd(new Key(arguments), program);
    }

    private Program Lower(TensorLayout[] arguments) =>
        ProgramBuilder.Lower(Graph.Entry, SizeBindings.Of(Graph, Array.ConvertAll(arguments, layout => layout.Type)), _constants);

    private static bool Matches(TensorLayout[] arguments, ReadOnlySpan<TensorData> inputs)
    {
        if (arguments.Length != inputs.Length) return false;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (inputs[i]?.Layout != arguments[i]) return false;
        }
        return true;
    }
}
