using System.Globalization;
using Grpc.Core;

namespace TensorGraph.Serving;

/// <summary>
/// The open inference protocol on the same models. A model has one function there: the signature that the parameter <c>signature_name</c> names, else
/// the usual one.
/// </summary>
internal sealed class InferCalls(ModelCalls calls)
{
    /// <summary>Name of the server.</summary>
    public const string ServerName = "tensorgraph";

    /// <summary>Parameter of a request that names the signature.</summary>
    public const string SignatureParameter = "signature_name";

    public ModelRegistry Registry => calls.Registry;

    public TensorLimits Limits => calls.Settings.Limits;

    /// <summary>Finds a version; an empty one is the latest.</summary>
    public ModelLease Lease(string model, string? version)
    {
        if (string.IsNullOrEmpty(version))
            return calls.Lease(new(model, null, null, ""));
        return long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? calls.Lease(new(model, number, null, "")) : throw ServingException.Invalid($"'{version}' is no number of a version");
    }

    /// <summary>True when a version answers requests.</summary>
    public bool IsReady(string model, string? version)
    {
        try
        {
            Lease(model, version).Dispose();
            return true;
        }
        catch (ServingException fault) when (fault.Status == StatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>The signature that a request runs.</summary>
    public static ServableSignature SignatureOf(ModelLease lease, string? name)
    {
        var signatures = lease.Servable.Signatures;
        if (name is not null)
            return signatures.TryGetValue(name, out var named) ? named : throw ServingException.Invalid($"No signature was found with the name: {name}");
        return signatures.TryGetValue(ServableSignature.Default, out var usual) ? usual : signatures.Values.First();
    }

    /// <summary>Runs a signature on all of its inputs.</summary>
    public async Task<IReadOnlyDictionary<string, Literal>> RunAsync(
        ModelLease lease, ServableSignature signature, IReadOnlyDictionary<string, Literal> inputs, IReadOnlyCollection<string> outputs,
        CancellationToken cancellation)
    {
        SpecCheck.Names(signature, [.. inputs.Keys]);
        return await calls.RunAsync(lease, signature, inputs, SpecCheck.Outputs(signature, outputs), "ModelInfer", cancellation).ConfigureAwait(false);
    }

    /// <summary>The versions of a model that answer requests.</summary>
    public IEnumerable<string> VersionsOf(string model) => (calls.Registry.VersionsOf(model) ?? []).Where(version =>
        version.State == VersionState.Available)
        .Select(version => version.Number.ToString(CultureInfo.InvariantCulture)).Reverse();
}
