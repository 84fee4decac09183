using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Samples;

/// <summary>Options of samples, which refuse values that can't be.</summary>
internal static class Options
{
    /// <summary>A whole number from 1 on.</summary>
    public static Option<int> Positive(string name, int otherwise, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => otherwise, CustomParser = value => ReadPositive(name, value) ?? 0 };

    /// <summary>The most of something: a whole number from 1 on, or no limit.</summary>
    public static Option<int?> Limit(string name, string description) =>
        new(name) { Description = description, CustomParser = value => ReadPositive(name, value) };

    /// <summary>A number from one limit to another.</summary>
    public static Option<double> Number(
        string name, double otherwise, string description, double least = 0, double most = double.MaxValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => otherwise,
        CustomParser = value =>
        {
            bool isRead = double.TryParse(TextOf(value), NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
            string upTo = most == double.MaxValue ? "on" : string.Create(CultureInfo.InvariantCulture, $"to {most}");
            if (!isRead || !(number >= least && number <= most))
                value.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} {upTo}, not '{TextOf(value)}'."));
            return number;
        },
    };

    /// <summary>One of some words.</summary>
    public static Option<string?> Choice(string name, string? otherwise, string description, IReadOnlyList<string> values)
    {
        var option = new Option<string?>(name) { Description = description, DefaultValueFactory = _ => otherwise };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } value && !values.Contains(value))
                result.AddError($"{name} must be one of {string.Join(", ", values)}.");
        });
        return option;
    }

    /// <summary>The start of the random numbers.</summary>
    public static Option<int> Seed(int otherwise = 1) => new("--seed") { Description = "Start of the random numbers", DefaultValueFactory = _ => otherwise };

    /// <summary>The file that also gets the figures. Its folder must be there: the work may take long.</summary>
    public static Option<string?> Json(string description = "Also writes the figures to this file")
    {
        var option = new Option<string?>("--json") { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not { } path)
                return;
            if (path.Length == 0 || Directory.Exists(path))
                result.AddError($"--json needs the path of a file, not '{path}'.");
            else if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
                result.AddError($"--json: there is no folder '{folder}'.");
        });
        return option;
    }

    private static int? ReadPositive(string name, ArgumentResult value)
    {
        if (int.TryParse(TextOf(value), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1)
            return number;
        value.AddError($"{name} must be a whole number from 1 to {int.MaxValue}, not '{TextOf(value)}'.");
        return null;
    }

    // Empty for an option without a value.
    private static string TextOf(ArgumentResult value) => value.Tokens.Count > 0 ? value.Tokens[0].Value : "";
}
