using System.Globalization;
using System.Text;

namespace TensorGraph;

/// <summary>
/// Processes that train one model together: each computes the gradients of its share of a batch, and all apply their mean. Package
/// <c>TensorGraph.Mpi</c> has the processes of an MPI job. All of them must make the same calls in the same order. Source: tf.distribute.Strategy.
/// </summary>
public abstract class WorkerGroup
{
    /// <summary>The number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many processes there are.</summary>
    public abstract int Count { get; }

    /// <summary>True for the process that writes checkpoints, curves and lines.</summary>
    public bool IsChief => Rank == 0;

    /// <summary>Adds up numbers over all processes; each gets the same sums, in place. Errors: TG5009 when another process is gone.</summary>
    /// <param name="values">As many in each process.</param>
    public abstract void Sum(float[] values);

    /// <summary>The same in double precision.</summary>
    /// <param name="values">As many in each process.</param>
    public abstract void Sum(double[] values);

    /// <summary>Gives all processes the bytes of the chief, in place. Errors: TG5009 when another process is gone.</summary>
    /// <param name="values">As many in each process.</param>
    public abstract void Broadcast(byte[] values);

    /// <summary>Ends the work of all processes, since this one can't go on.</summary>
    /// <param name="reason">For messages.</param>
    public abstract void Fail(string reason);

    /// <summary>
    /// The mean of gradients over all processes, as a part of the graph. Those of half precision are added in f32. Errors: TG1002 null.
    /// </summary>
    /// <param name="gradients">The same in each process; null where a variable has none.</param>
    public IReadOnlyList<Tensor?> Average(IReadOnlyList<Tensor?> gradients)
    {
        Throw.IfNull(gradients);
        if (Count == 1)
            return gradients;
        var means = new Tensor?[gradients.Count];
        foreach (var group in gradients.Index().Where(entry => entry.Item is not null)
            .GroupBy(entry => entry.Item!.DType == DType.F64 ? DType.F64 : DType.F32))
        {
            var flat = Ops.Concat([.. group.Select(entry => entry.Item!.Cast(group.Key).Reshape(-1))], 0);
            var mean = Ops.HostCall(values => [Mean(values[0])], [new TensorType(group.Key, flat.Shape)], flat)[0];
            long place = 0;
            foreach (var (number, gradient) in group)
            {
                long size = gradient!.Shape.ElementCount.Value;
                means[number] = Ops.Slice(mean, [place], [place + size]).Reshape([.. gradient.Shape]).Cast(gradient.DType);
                place += size;
            }
        }

        return means;
    }

    /// <summary>True when it is true in all processes.</summary>
    internal bool All(bool value)
    {
        double[] no = [value ? 0 : 1];
        Sum(no);
        return no[0] == 0;
    }

    /// <summary>The number that the chief has.</summary>
    internal long OfChief(long value)
    {
        byte[] bytes = BitConverter.GetBytes(value);
        Broadcast(bytes);
        return BitConverter.ToInt64(bytes);
    }

    /// <summary>The mean of numbers over all processes, of the same dtype; those of half precision are added in f32.</summary>
    internal Tensor Mean(Tensor values)
    {
        Tensor sums = values.DType == DType.F64 ? SumOf<double>(values, Sum) : SumOf<float>(values.Cast(DType.F32), Sum);
        return (sums / Count).Cast(values.DType);
    }

    private static Tensor SumOf<T>(Tensor values, Action<T[]> sum)
    {
        T[] numbers = values.ToArray<T>();
        sum(numbers);
        return Tensor.From(numbers).Reshape([.. values.Shape]);
    }

    /// <summary>
    /// Sees to it that all processes begin a training with the same step and variables. Those of random generators stay each process's own.
    /// Errors: TG1017 when they are at different steps, or have other variables.
    /// </summary>
    internal void StartTogether(long step, ModelState state)
    {
        long ofChief = OfChief(step);
        if (!All(step == ofChief))
        {
            Misuse.Raise("train", string.Create(CultureInfo.InvariantCulture, $"process {Rank} of {Count} is at step {step}, the chief at step {ofChief}"),
                "Give all processes the same folder for checkpoints.");
        }

        CheckAlike(state);
        if (step > 0)
            return;
        foreach (var variable in state.Saved().Values.Except(state.Generators.Values))
            Share(variable);
    }

    // Numbers of one process would be added to others of another one, or none come.
    private void CheckAlike(ModelState state)
    {
        string[] own = [.. state.Saved().Select(entry => $"{entry.Key}: {entry.Value.Type}")];
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', own));
        byte[] ofChief = new byte[OfChief(text.Length)];
        text.AsSpan(0, Math.Min(text.Length, ofChief.Length)).CopyTo(ofChief);
        Broadcast(ofChief);
        bool isAlike = text.AsSpan().SequenceEqual(ofChief);
        if (All(isAlike))
            return;
        string[] chief = Encoding.UTF8.GetString(ofChief).Split('\n');
        string problem = isAlike ? "another process has other variables than the chief"
            : own.Zip(chief).FirstOrDefault(pair => pair.First != pair.Second) is { First: { } mine, Second: var other }
            ? $"process {Rank} has variable '{mine}', the chief '{other}'"
            : $"process {Rank} has {own.Length} variables, the chief {chief.Length}";
        Misuse.Raise("train", problem, "Make the same model in all processes.");
    }

    private void Share(Variable variable)
    {
        Literal value = variable.Value.ToLiteral();
        if (value.Type.DType == DType.String)
            return;
        foreach (var (offset, count) in value.Parts())
        {
            byte[] part = value.Bytes(offset, count).ToArray();
            Broadcast(part);
            part.CopyTo(value.Bytes(offset, count));
        }

        if (!IsChief)
            variable.Assign(Tensor.From(value));
    }

    /// <summary>Adds up state that is made of sums over all processes.</summary>
    internal void Merge(IEnumerable<Variable> sums)
    {
        foreach (var variable in sums)
            variable.Assign(SumOf<double>(variable.Value, Sum));
    }
}
