using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TensorGraph.Staleness.Experiments;

/// <summary>Experiments, as a JSON file has them.</summary>
public sealed record Study
{
    private const string Examples = "The page docs/staleness.md describes these files.";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string Name { get; init; } = "experiment";

    public string Data { get; init; } = "digits";

    public IReadOnlyList<Grid> Grids { get; init; } = [];

    /// <summary>Errors, with the place in the file: TG1006 a file that can't be read, TG2004 a setting that some run can't have.</summary>
    public static Study Load(string path)
    {
        Study? study;
        JsonLines lines;
        try
        {
            string text = File.ReadAllText(path);
            study = JsonSerializer.Deserialize<Study>(text, s_json);
            lines = new(text);
        }
        catch (JsonException fault)
        {
            string place = fault.Path is null or "$" ? "" : $"{fault.Path["$.".Length..]}, ";
            throw Bad(path, string.Create(CultureInfo.InvariantCulture, $"{place}line {fault.LineNumber + 1}: {ProblemOf(fault)}"), fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Bad(path, fault is ArgumentException ? "it is no name of a file" : fault.Message.TrimEnd('.'), fault);
        }

        Checked(study is not null, "the file", "it is null");
        Checked(study!.Name is not null, "name", "it is null");
        Checked(study.Data is not null, "data", "it is null");
        Checked(study.Grids is { Count: > 0 }, "grids", "there are none");
        for (int i = 0; i < study.Grids!.Count; i++)
        {
            var grid = study.Grids[i];
            string place = string.Create(CultureInfo.InvariantCulture, $"grids[{i}]");
            Checked(grid is not null, place, "it is null");
            new GridCheck(path, lines, place, grid!).Run();
            Checked(study.Grids.Take(i).All(other => other.Name != grid!.Name), $"{place}.name", $"two grids have the name '{grid!.Name}'");
        }

        return study;

        void Checked(bool holds, string place, string problem)
        {
            if (!holds)
                throw Bad(path, $"{lines.At(place)}: {problem}");
        }
    }

    /// <summary>Writes the experiments beside their results.</summary>
    public void Save(string folder) => File.WriteAllText(PathIn(folder), Text());

    /// <summary>True when a folder has results of these experiments, false when it has none. Errors: TG1006 those of other ones.</summary>
    public bool IsIn(string folder)
    {
        if (!File.Exists(PathIn(folder)))
            return false;
        return File.ReadAllText(PathIn(folder)) == Text() ? true : throw new GraphException(DiagnosticIds.BadData,
            $"experiment: '{folder}' has results of other experiments", "Give another folder, or leave out --resume to replace them.");
    }

    /// <summary>The experiments whose results a folder has. Errors: TG1006 none.</summary>
    public static Study In(string folder) => File.Exists(PathIn(folder)) ? Load(PathIn(folder))
        : throw Bad(folder, "it has no experiment.json, and so is no folder of a report");

    /// <summary>
    /// Whether results of other experiments can be those of these: titles, pictures and target may differ, settings of a grid may not. Errors: TG1006
    /// with the setting.
    /// </summary>
    /// <param name="others">The experiments that were run.</param>
    /// <param name="folder">Where their results are.</param>
    public void MustHaveSettingsOf(Study others, string folder)
    {
        Compare("data", DataKind(Data), DataKind(others.Data));
        foreach (var grid in Grids)
        {
            if (others.Grids.FirstOrDefault(other => other.Name == grid.Name) is not { } other)
                continue;
            Compare($"{grid.Name}: gradients", grid.Gradients, other.Gradients);
            Compare($"{grid.Name}: evaluate_every", grid.EvaluateEvery, other.EvaluateEvery);
            Compare($"{grid.Name}: compute", grid.Compute, other.Compute);
            Compare($"{grid.Name}: slow_share", grid.SlowShare, other.SlowShare);
            Compare($"{grid.Name}: slow_factor", grid.SlowFactor, other.SlowFactor);
        }

        // The folder of the images may have moved.
        static string DataKind(string data) => data.Split(':')[0];

        void Compare<T>(string name, T value, T other)
        {
            if (!Equals(value, other))
            {
                throw new GraphException(DiagnosticIds.BadData, string.Create(CultureInfo.InvariantCulture,
                    $"experiment: '{folder}' has results of other experiments: {name} is {other} there and {value} here"),
                    "Give the file that they were run with, or leave it out.");
            }
        }
    }

    internal static GraphException Bad(string path, string problem, Exception? inner = null) =>
        new(DiagnosticIds.BadData, $"experiment: '{path}' can't be used: {problem}", Examples, inner: inner);

    // The reader's own words name .NET types and repeat the place.
    private static string ProblemOf(JsonException fault)
    {
        string text = fault.Message.Split(" Path: ")[0].Split(" LineNumber: ")[0].ReplaceLineEndings(" ").TrimEnd('.');
        if (text.Split("could not be converted to ") is [_, var type])
        {
            return type switch
            {
                "System.Int32" => "it is no whole number",
                "System.Double" => "it is no number",
                "System.String" => "it is no text",
                _ when type.Contains("IReadOnlyList", StringComparison.Ordinal) => "it is no list",
                _ => "it is no object",
            };
        }

        return text.Split('\'') is [_, var name, .. var rest] && rest[0].Contains("could not be mapped", StringComparison.Ordinal)
            ? $"there is no setting '{name}'" : text;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "experiment.json");

    private string Text() => JsonSerializer.Serialize(this, s_json);
}
