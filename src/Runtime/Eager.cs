using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Execution;
using TensorGraph.Backends.Lowering;
using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// Runs single ops at once, each as a program of one node, kept by op, parameters and argument layouts. It is the same
/// path by which graphs run: there is no second kernel library.
/// </summary>
public static class Eager
{
    private sealed record Entry(OpDef Op, Attrs Attrs, TensorLayout[] Arguments, int Hash, Program Program)
    {
        public bool Matches(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs, int hash)
        {
            if (hash != Hash || op != Op || inputs.Length != Arguments.Length || !attrs.Equals(Attrs)) return false;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i].Layout != Arguments[i]) return false;
            }
            return true;
        }
    }

    private const int Slots = 1 << 12;

    // Direct-mapped: an entry that another displaced is found again in the dictionary.
    private static readonly Entry?[] Recent = new Entry[Slots];
    private static readonly ConcurrentDictionary<int, ImmutableList<Entry>> All = new();
    private static int s_count;
    private const int MaxEntries = 20_000;

    /// <summary>Programs kept.</summary>
    public static int CachedPrograms => s_count;

    /// <summary>Runs an op; one tensor for each result.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op (TG2xxx).</exception>
    public static TensorData[] Run(OpDef op, Attrs attrs, params ReadOnlySpan<TensorData> inputs)
    {
        if (op == Op.ReadVariable && attrs.Find("var") is VariableResource read) return [read.Read()];
        if (op == Op.AdvanceRandom && attrs.Find("var") is VariableResource advanced) return [advanced.AdvanceRandom(inputs[0].ToLiteral().GetLong(0))];
        if (op == Op.AssignVariable && attrs.Find("var") is VariableResource assigned)
        {
            if (assigned.Type != inputs[0].Type) Build.Infer(op, [inputs[0].Type], attrs);
            assigned.Value = inputs[0];
            return [];
        }
        Program program = Find(op, attrs, inputs);
        var results = new TensorData[program.Results.Length];
        program.Run(inputs, results, RunContext.None);
        return results;
    }

    /// <summary>Runs an op of one result without the array.</summary>
    /// <exception cref="GraphException">The inputs do not fit the op (TG2xxx).</exception>
    public static TensorData RunSingle(OpDef op, Attrs attrs, params ReadOnlySpan<TensorData> inputs)
    {
        if (op.Effects is not null) return Run(op, attrs, inputs)[0];
        TensorData result = null!;
        Find(op, attrs, inputs).Run(inputs, new Span<TensorData>(ref result), RunContext.None);
        return result;
    }

    private static Program Find(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        // The parameters of an op with effects name a variable or a delegate, which the cache must not keep alive.
        if (op.Effects is not null) return Compile(op, attrs, Layouts(inputs));
        int hash = RuntimeHelpers.GetHashCode(op) * 31 + attrs.GetHashCode();
        foreach (TensorData input in inputs) hash = hash * 31 + RuntimeHelpers.GetHashCode(input.Layout);
        ref Entry? recent = ref Recent[(hash ^ (hash >> 15)) & (Slots - 1)];
        Entry? entry = Volatile.Read(ref recent);
        if (entry is not null && entry.Matches(op, attrs, inputs, hash)) return entry.Program;
        entry = FindOrCompile(op, attrs, inputs, hash);
        Volatile.Write(ref recent, entry);
        return entry.Program;
    }

    private static Entry FindOrCompile(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs, int hash)
    {
        if (All.TryGetValue(hash, out ImmutableList<Entry>? known))
        {
            foreach (Entry candidate in known)
            {
                if (candidate.Matches(op, attrs, inputs, hash)) return candidate;
            }
        }
        TensorLayout[] layouts = Layouts(inputs);
        var entry = new Entry(op, attrs, layouts, hash, Compile(op, attrs, layouts));
        if (Interlocked.Increment(ref s_count) > MaxEntries)
        {
            All.Clear();
            Interlocked.Exchange(ref s_count, 1);
        }
        All.AddOrUpdate(hash, [entry], (_, entries) => entries.Add(entry));
        return entry;
    }

    private static TensorLayout[] Layouts(ReadOnlySpan<TensorData> inputs)
    {
        var layouts = new TensorLayout[inputs.Length];
        for (int i = 0; i < layouts.Length; i++) layouts[i] = inputs[i].Layout;
        return layouts;
    }

    private static Program Compile(OpDef op, Attrs attrs, TensorLayout[] layouts)
    {
        var build = new Build { Source = SourceSpan.None };
        Value[] parameters = Array.ConvertAll(layouts, layout => build.Parameter(layout.Type));
        Node node = build.Emit(op, attrs, parameters);
        Ir.Graph graph = build.Finish(op.Name, [.. node.Types.Select((_, i) => node[i])]);
        return ProgramBuilder.Lower(Legalize.Run(graph).Entry, SizeBindings.Empty, new ConstantPool());
    }
}
