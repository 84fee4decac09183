using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorGraph.Serving;

/// <summary>The paths of the REST interface.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Number">Version, or null.</param>
/// <param name="Label">Label, or null.</param>
/// <param name="Verb">predict, classify or regress; metadata; empty for the status.</param>
internal sealed partial record RestPath(string Model, long? Number, string? Label, string Verb)
{
    /// <summary>True for paths that this interface answers.</summary>
    public static bool IsOurs(string path) => path.StartsWith("/v1/", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the path of a request.</summary>
    /// <exception cref="ServingException">It is none of the interface.</exception>
    public static RestPath Parse(string method, string path)
    {
        var match = method switch
        {
            "POST" => Call().Match(path),
            "GET" => Look().Match(path),
            _ => Match.Empty,
        };
        if (!match.Success)
            throw ServingException.Invalid($"Malformed request: {method} {path}");
        if (!match.Groups["model"].Success)
            throw ServingException.Invalid("Missing model name in request.");
        long? number = null;
        if (match.Groups["version"] is { Success: true } version)
        {
            number = long.TryParse(version.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
                ? value : throw ServingException.Invalid($"Failed to convert version: {version.Value} to numeric.");
        }

        string? label = match.Groups["label"] is { Success: true } named ? Uri.UnescapeDataString(named.Value) : null;
        return new(Uri.UnescapeDataString(match.Groups["model"].Value), number, label, match.Groups["verb"].Value);
    }

    [GeneratedRegex(
        @"\A(?i:/v1/models/)(?<model>[^/:]+)(?:(?i:/versions/)(?<version>[0-9]+)|(?i:/labels/)(?<label>[^/:]+))?:(?<verb>classify|regress|predict)\z",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Call();

    [GeneratedRegex(
        @"\A(?i:/v1/models)(?:/(?<model>[^/:]+)(?:(?i:/versions/)(?<version>[0-9]+)|(?i:/labels/)(?<label>[^/:]+))?(?:/(?<verb>metadata))?)?\z",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Look();
}
