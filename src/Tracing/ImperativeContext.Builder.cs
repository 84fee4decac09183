using TensorGraph.Backends;
using TensorGraph.Ir;

namespace TensorGraph;

internal sealed partial class ImperativeContext
{
    /// <summary>A builder whose nodes run as soon as they are made.</summary>
    private sealed class ImperativeBuilder : GraphBuilder
    {
        private readonly ImperativeContext _context;
        // Each with a holder of its own, so that a tensor which the program disposes of stays valid here.
        private readonly Dictionary<Value, TensorData> _data = [];

        // Those that code outside of the tape has seen.
        private readonly Dictionary<Value, Tensor> _tensors = [];
        private readonly HashSet<Value> _free = [];
        private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);

        public ImperativeBuilder(ImperativeContext context)
        {
            _context = context;
            Source = SourceSpan.None;
        }

        public ImperativeContext Context => _context;

        /// <summary>The tapes that need values.</summary>
        public List<TapeRecord> Tapes { get; } = [];

        /// <summary>How many ops and gradients are running, which need all values.</summary>
        public int Keepers { get; set; }

        public Tensor TensorOf(Value value)
        {
            using var alone = _context.Gate.EnterScope();
            if (!_tensors.TryGetValue(value, out var tensor))
            {
                var data = _data[value];
                data.Retain();
                Show(value, tensor = new Tensor(data, _free.Contains(value)));
            }

            return tensor;
        }

        public void Take(Node node, ReadOnlySpan<Tensor> results)
        {
            using var alone = _context.Gate.EnterScope();
            for (int i = 0; i < results.Length; i++)
            {
                var data = results[i].Data;
                data.Retain();
                _data[node[i]] = data;
                if (results[i].IsFree)
                    _free.Add(node[i]);
                Show(node[i], results[i]);
            }

            Note(node);
        }

        /// <summary>Forgets the tapes that the program has lost, and what none of the others needs.</summary>
        public void ForgetLost()
        {
            Tapes.RemoveAll(tape => tape.IsLost);
            FreeUnneeded();
            if (Keepers > 0)
                return;
            var needed = new HashSet<Value>();
            foreach (var tape in Tapes)
                tape.AddTo(needed);
            foreach (var value in _data.Keys.Where(value => !needed.Contains(value)).ToArray())
            {
                _data.Remove(value, out var data);
                data!.Release();
                _free.Remove(value);
                if (_tensors.Remove(value, out var tensor))
                    _values.Remove(tensor);
            }
        }

        /// <summary>Releases all values when nothing needs them: what only gradient rules have seen is free at once.</summary>
        public void FreeUnneeded()
        {
            if (Tapes.Count > 0 || Keepers > 0)
                return;
            foreach (var data in _data.Values)
                data.Release();
            _data.Clear();
            _free.Clear();
            _tensors.Clear();
            _values.Clear();
        }

        public Value ValueOf(Tensor tensor)
        {
            if (tensor.Trace is not null)
                throw EscapedTensorException.For(tensor);
            using var alone = _context.Gate.EnterScope();
            if (!_values.TryGetValue(tensor, out var value))
            {
                value = Parameter(tensor.Type);
                _data[value] = tensor.Data.Keep();
                if (tensor.IsFree)
                    _free.Add(value);
                Show(value, tensor);
            }

            return value;
        }

        protected override Value Resolve(Value value) => value;

        protected override Node Append(Node node)
        {
            var inputs = new TensorData[node.Inputs.Length];
            using (_context.Gate.EnterScope())
            {
                for (int i = 0; i < inputs.Length; i++)
                    inputs[i] = _data[node.Inputs[i]];
            }

            var device = Gather(node, inputs);
            var results = node.Op == OpDefs.ToDevice ? [Devices.Find(node.Attrs.Get<string>("device")).Copy(inputs[0])]
                : node.Op.Regions is { OwnsSizes: true } ? device.Run(node.Regions[0], inputs) : device.Run(node.Op, node.Attrs, inputs);
            // A graph may find out the size of a result only when it runs.
            node = node.Typed([.. results.Select(result => result.Type)]);
            using var alone = _context.Gate.EnterScope();
            for (int i = 0; i < results.Length; i++)
                _data[node[i]] = results[i];
            Note(node);
            return node;
        }

        private void Note(Node node)
        {
            _context.Log?.Add(node);
            _context.Record(node);
        }

        private Device Gather(Node node, TensorData[] inputs)
        {
            bool[] isFree;
            using (_context.Gate.EnterScope())
            {
                isFree = [.. node.Inputs.Select(_free.Contains)];
                bool canBeFree = node.IsPure ? node.Op != OpDefs.ToDevice : node.Op == OpDefs.AdvanceRandom;
                if (canBeFree && Array.TrueForAll(isFree, free => free))
                    _free.UnionWith(node.Types.Select((_, i) => node[i]));
            }

            return Meet(inputs, isFree, HomeOf(node.Op, node.Attrs));
        }

        private void Show(Value value, Tensor tensor)
        {
            _tensors[value] = tensor;
            _values[tensor] = value;
        }
    }
}
