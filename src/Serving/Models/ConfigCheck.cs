using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Refuses configurations before anything of them is done.</summary>
internal static class ConfigCheck
{
    /// <summary>Fills in the platform where there is none, and throws for what can't be served.</summary>
    public static void Check(ModelConfigList list, Func<string, ModelConfig?> live)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var config in list.Config)
        {
            if (config.Name.Length == 0 || config.Name.Contains('/', StringComparison.Ordinal) || config.Name.Contains(':', StringComparison.Ordinal))
                throw ServingException.Invalid($"Invalid model name: '{config.Name}'. It must not be empty or contain / or :.");
            if (!names.Add(config.Name))
                throw ServingException.Invalid($"Illegal to list model {config.Name} multiple times in config list");
            if (!Path.IsPathRooted(config.BasePath))
                throw ServingException.Invalid($"Expected model {config.Name} to have an absolute path or URI; got base_path()={config.BasePath}");
            if (config.ModelPlatform.Length == 0)
                config.ModelPlatform = ModelPlatforms.Default;
            if (!ModelPlatforms.IsKnown(config.ModelPlatform))
            {
                throw ServingException.Invalid(
                    $"Model {config.Name} has unknown platform '{config.ModelPlatform}'; known are {string.Join(", ", ModelPlatforms.Names)}.");
            }

            if (live(config.Name) is { } old && old.ModelPlatform != config.ModelPlatform)
            {
                throw ServingException.Invalid(
                    $"Illegal to change a model's platform. For model {config.Name} platform was {old.ModelPlatform} and new platform requested is {config.ModelPlatform}.");
            }
        }
    }

    /// <summary>Throws for a label of a version that does not answer requests.</summary>
    /// <param name="config">The model with its labels.</param>
    /// <param name="model">The model as it is served, or null.</param>
    /// <param name="allowsUnavailable">True where a label that is not in use yet may come before its version.</param>
    public static void CheckLabels(ModelConfig config, ServedModel? model, bool allowsUnavailable)
    {
        foreach (var (label, number) in config.VersionLabels)
        {
            bool isNew = model is null || !model.Labels.TryGetValue(label, out long used);
            if (model?.Available.Any(version => version.Number == number) == true || (allowsUnavailable && isNew))
                continue;
            if (model is not null && model.Labels.TryGetValue(label, out long same) && same == number)
                continue;
            throw ServingException.Precondition(
                $"Request to assign label to version {number} of model {config.Name}, which is not currently available for inference");
        }
    }
}
