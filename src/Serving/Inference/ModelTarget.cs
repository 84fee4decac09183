using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The model, version and signature that a request asks for.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Number">Number of the version; null for the latest.</param>
/// <param name="Label">Label of the version, in place of its number.</param>
/// <param name="Signature">Name of the signature.</param>
internal sealed record ModelTarget(string Name, long? Number, string? Label, string Signature)
{
    /// <summary>Reads the message.</summary>
    /// <exception cref="ServingException">It is missing or names no model.</exception>
    public static ModelTarget Of(ModelSpec? spec)
    {
        if (spec is null)
            throw ServingException.Invalid("Missing ModelSpec");
        if (spec.Name.Length == 0)
            throw ServingException.Invalid("ModelSpec has no name specified.");
        return new(
            spec.Name, spec.Version, spec.VersionChoiceCase == ModelSpec.VersionChoiceOneofCase.VersionLabel ? spec.VersionLabel : null,
            spec.SignatureName.Length == 0 ? ServableSignature.Default : spec.SignatureName);
    }

    /// <summary>The message of a reply: with the version that answered.</summary>
    public ModelSpec Answered(ModelVersion version, bool hasSignature = true) =>
        new() { Name = Name, Version = version.Number, SignatureName = hasSignature ? Signature : "" };
}
