using TensorGraph.Ir;
using TorchSharp;

namespace TensorGraph.Backends.Torch;

/// <summary>One run of a graph: regions and variables here, ops by their kernels, all else by the specification.</summary>
internal sealed class TorchEvaluator(TorchGraphDevice device, SizeBindings sizes, CancellationToken cancellation)
{
    private readonly Interpreter _host = PlacedRegion.Interpreter(cancellation);
    private SizeBindings _sizes = sizes;

    /// <summary>Evaluates a region; results are the caller's, with a holder each.</summary>
    public TensorData[] Run(Region region, TensorData[] arguments)
    {
        Dictionary<Value, TensorData> values = [];
        var own = new List<TensorData>();
        try
        {
            for (int i = 0; i < arguments.Length; i++) values[region.Parameters[i][0]] = arguments[i];
            foreach (Node node in region.Body)
            {
                TensorData[] results = Run(node, [.. node.Inputs.Select(input => values[input])]);
                own.AddRange(results);
                for (int i = 0; i < results.Length; i++) values[node[i]] = results[i];
            }
            TensorData[] taken = [.. region.Results.Select(result => values[result])];
            foreach (TensorData result in taken) result.Retain();
            return taken;
        }
        finally
        {
            foreach (TensorData value in own) value.Release();
        }
    }

    private TensorData[] Run(Node node, TensorData[] inputs)
    {
        cancellation.ThrowIfCancellationRequested();
        if (node.Op == OpDefs.If || node.Op == OpDefs.Switch) return Run(Chosen(node, inputs[0]), inputs[1..]);
        if (node.Op == OpDefs.Checkpoint) return Run(node.Regions[0], inputs);
        if (node.Op == OpDefs.While) return While(node, inputs);
        if (node.Op == OpDefs.Scan && !node.Types.Any(type => type.DType == DType.String)) return Scan(node, inputs);
        if (node.Op == OpDefs.Constant) return [device.Constant(node.Attrs.Get<Literal>("value"))];
        if (node.Op == OpDefs.ReadVariable) return [Read((VariableResource)node.Attrs.Find("var")!, node)];
        if (node.Op == OpDefs.AssignVariable) return Assign((VariableResource)node.Attrs.Find("var")!, inputs[0]);
        return OnTorch(node, inputs) ?? OnHost(node, inputs);
    }

    private TensorData[]? OnTorch(Node node, TensorData[] inputs)
    {
        if (TorchKernels.Of(node.Op) is not { } kernel) return null;
        if (Array.Exists(inputs, input => input.Type.IsList || input.Type.DType == DType.String)) return null;
        using TorchCalls.Call running = TorchCalls.BeginOrStay();
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var call = new KernelCall(node, Array.ConvertAll(inputs, device.TensorOf), _sizes.SizeOf, device.Place);
        return kernel(call) is { } result ? [device.Take(result, node.Types[0].DType)] : null;
    }

    private TensorData[] OnHost(Node node, TensorData[] inputs)
    {
        if (node.Op == OpDefs.BindSize) _sizes = _sizes.With(node.Attrs.Get<Dim>("dim"), inputs[0].ToLiteral().GetLong(0));
        Literal[] results = _host.Run(node, Array.ConvertAll(inputs, input => input.ToLiteral()), _sizes.SizeOf);
        return [.. results.Select((result, i) => device.FromHost(result, node.Types[i]))];
    }

    private static Region Chosen(Node node, TensorData selector) => node.Regions[node.Op.Regions!.Choose!(selector.ToLiteral(), node.Regions.Length)];

    private TensorData[] While(Node node, TensorData[] inputs)
    {
        int carried = (int)node.Attrs.Get<long>("carried");
        TensorData[] values = [.. inputs];
        foreach (TensorData value in values) value.Retain();
        while (true)
        {
            TensorData condition = Run(node.Regions[0], values)[0];
            bool goesOn = condition.Element<bool>(0);
            condition.Release();
            if (!goesOn) break;
            TensorData[] next = Run(node.Regions[1], values);
            for (int i = 0; i < carried; i++)
            {
                values[i].Release();
                values[i] = next[i];
            }
        }
        foreach (TensorData value in values[carried..]) value.Release();
        return values[..carried];
    }

    private TensorData[] Scan(Node node, TensorData[] inputs)
    {
        int carried = (int)node.Attrs.Get<long>("carried"), sequences = (int)node.Attrs.Get<long>("sequences");
        long length = node.Attrs.Get<Dim>("length").Evaluate(_sizes.SizeOf);
        bool isReverse = node.Attrs.Get("reverse", false);
        TensorData[] state = inputs[..carried];
        foreach (TensorData value in state) value.Retain();
        var rows = new TensorData[node.Types.Length - carried][];
        for (int i = 0; i < rows.Length; i++) rows[i] = new TensorData[length];
        for (long step = 0; step < length; step++)
        {
            long at = isReverse ? length - 1 - step : step;
            TensorData[] slices =
                [.. inputs[carried..(carried + sequences)].Select(sequence => sequence.Row(at, TensorLayout.Of(sequence.Type.Element)))];
            TensorData[] results = Run(node.Regions[0], [.. state, .. slices, .. inputs[(carried + sequences)..]]);
            foreach (TensorData used in state.Concat(slices)) used.Release();
            state = results[..carried];
            for (int i = 0; i < rows.Length; i++) rows[i][at] = results[carried + i];
        }
        return [.. state, .. rows.Select((row, i) => Stack(row, node.Types[carried + i]))];
    }

    private TensorData Stack(TensorData[] rows, TensorType declared)
    {
        if (rows.Length == 0) return device.From(Literal.Zeros(declared.As(declared.Shape.Bind(_sizes.SizeOf))));
        using TorchCalls.Call call = TorchCalls.BeginOrStay();
        using var scope = torch.NewDisposeScope();
        TensorData stacked = device.Take(torch.stack([.. rows.Select(device.TensorOf)]), declared.DType);
        foreach (TensorData row in rows) row.Release();
        return stacked;
    }

    private TensorData Read(VariableResource variable, Node node)
    {
        TensorData value = variable.Read();
        if (!value.IsOn(device) && !node.Attrs.Get(PlacedRegion.Copied, false)) throw device.Mixed($"read_variable: variable {variable}", value, value.Device!);
        return device.Take(value);
    }

    private static TensorData[] Assign(VariableResource variable, TensorData value)
    {
        if (variable.Device is { } home && !value.IsOn(home))
        {
            variable.Assign(home.Copy(value));
            return [];
        }
        value.Retain();
        variable.Assign(value);
        return [];
    }
}
