using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph.Backends;

/// <summary>
/// Programs of single ops, each a graph of one node, kept by op, parameters and argument layouts. Ops run by the same
/// path as graphs: there is no second kernel library.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="compile">Makes the program of a graph of one op.</param>
internal sealed class ImperativePrograms<TProgram>(Device device, Func<Ir.Graph, TProgram> compile)
    where TProgram : SpecializedProgram
{
    private const int Slots = 1 << 12;
    private const int MaxEntries = 20_000;

    // Direct-mapped: an entry that another displaced is found again in the dictionary.
    private readonly Entry?[] _recent = new Entry[Slots];
    private readonly ConcurrentDictionary<int, ImmutableList<Entry>> _all = new();
    private int _count;

    private sealed record Entry(OpDef Op, Attrs Attrs, TensorLayout[] Arguments, int Hash, TProgram Program)
    {
        public bool Matches(Device device, OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs, int hash)
        {
            if (hash != Hash || op != Op || inputs.Length != Arguments.Length || !attrs.Equals(Attrs)) return false;
            for (int i = 0; i < inputs.Length; i++)
            {
                if (inputs[i].Layout != Arguments[i] || !inputs[i].IsOn(device)) return false;
            }
            return true;
        }
    }

    /// <summary>Programs kept.</summary>
    public int Count => _count;

    /// <summary>The program of an op for arguments like these.</summary>
    public TProgram Find(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        // The parameters of an op with effects name a variable or a delegate, which the cache must not keep alive.
        if (op.Effects is not null) return Compile(op, attrs, inputs);
        int hash = RuntimeHelpers.GetHashCode(op) * 31 + attrs.GetHashCode();
        foreach (TensorData input in inputs) hash = hash * 31 + RuntimeHelpers.GetHashCode(input.Layout);
        ref Entry? recent = ref _recent[(hash ^ (hash >> 15)) & (Slots - 1)];
        Entry? entry = Volatile.Read(ref recent);
        if (entry is not null && entry.Matches(device, op, attrs, inputs, hash)) return entry.Program;
        entry = FindOrCompile(op, attrs, inputs, hash);
        Volatile.Write(ref recent, entry);
        return entry.Program;
    }

    private Entry FindOrCompile(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs, int hash)
    {
        if (_all.TryGetValue(hash, out ImmutableList<Entry>? known))
        {
            foreach (Entry candidate in known)
            {
                if (candidate.Matches(device, op, attrs, inputs, hash)) return candidate;
            }
        }
        var layouts = new TensorLayout[inputs.Length];
        for (int i = 0; i < layouts.Length; i++) layouts[i] = inputs[i].Layout;
        var entry = new Entry(op, attrs, layouts, hash, Compile(op, attrs, inputs));
        if (Interlocked.Increment(ref _count) > MaxEntries)
        {
            _all.Clear();
            Interlocked.Exchange(ref _count, 1);
        }
        _all.AddOrUpdate(hash, [entry], (_, entries) => entries.Add(entry));
        return entry;
    }

    private TProgram Compile(OpDef op, Attrs attrs, ReadOnlySpan<TensorData> inputs)
    {
        device.Check(op.Name, inputs);
        return compile(SingleOp.Graph(op, attrs, inputs));
    }
}
