using System.Security.Cryptography;

namespace TensorGraph.Staleness;

/// <summary>Values of the variables of a model at one time. Tensors do not change, so a snapshot costs no copy.</summary>
/// <param name="Weights">Values of the trainable variables, in the order of the model.</param>
/// <param name="State">Values of the others, such as moving averages of batch norm.</param>
public sealed record ModelSnapshot(IReadOnlyList<Tensor> Weights, IReadOnlyList<Tensor> State)
{
    /// <summary>The values that the variables of a model have now. Errors: TG1002 null.</summary>
    /// <param name="model">The model.</param>
    public static ModelSnapshot Of(Module model) =>
        new([.. Throw.IfNull(model).TrainableVariables.Select(variable => variable.Value)], [.. StateOf(model).Select(variable => variable.Value)]);

    /// <summary>Sets the variables of a model of the same kind. Errors: TG1002 null, TG2001 shapes.</summary>
    /// <param name="model">The model.</param>
    public void CopyTo(Module model)
    {
        Assign(Throw.IfNull(model).TrainableVariables, Weights);
        Assign(StateOf(model), State);
    }

    /// <summary>SHA-256 of all bytes of the weights and the state, to compare runs bit by bit.</summary>
    public string Checksum()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in Weights.Concat(State))
        {
            foreach (double number in tensor.Cast(DType.F64).ToArray<double>())
                hash.AppendData(BitConverter.GetBytes(number));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The mean of snapshots of one model. Errors: TG1002 null, TG2004 none.</summary>
    /// <param name="snapshots">At least one.</param>
    public static ModelSnapshot Mean(IReadOnlyList<ModelSnapshot> snapshots)
    {
        Check.AtLeast(1, Throw.IfNull(snapshots).Count, "mean", "number of snapshots");
        return new(MeanOf([.. snapshots.Select(snapshot => snapshot.Weights)]), MeanOf([.. snapshots.Select(snapshot => snapshot.State)]));
    }

    internal static IReadOnlyList<Tensor> MeanOf(IReadOnlyList<IReadOnlyList<Tensor>> lists)
    {
        if (lists.Count == 1)
            return lists[0];
        return [.. lists[0].Select((first, i) => lists.Skip(1).Aggregate(first, (sum, list) => sum + list[i]) / lists.Count)];
    }

    internal static Variable[] StateOf(Module model) => [.. model.Variables.Except(model.TrainableVariables)];

    internal static void Assign(IReadOnlyList<Variable> variables, IReadOnlyList<Tensor> values)
    {
        if (variables.Count != values.Count)
            Throw.Shape("snapshot", $"there are {values.Count} values for {variables.Count} variables", "Take the snapshot from a model of the same kind.");
        for (int i = 0; i < variables.Count; i++)
            variables[i].Assign(values[i]);
    }
}
