using System.CommandLine;

namespace TensorGraph.Cli.Commands;

/// <summary><c>tgraph convert</c>: the graph functions of C# files after the conversion of their control flow.</summary>
internal static class ConvertCommand
{
    public static Command Create(Output output)
    {
        var files = new Argument<string[]>("files") { Description = "C# files; a folder stands for all in it", Arity = ArgumentArity.OneOrMore };
        var references = new Option<string[]>("--reference", "-r") { Description = "An assembly that they refer to", DefaultValueFactory = _ => [] };
        var function = CommandTable.Function();
        var json = CommandTable.Json();
        var command = new Command("convert", "The converted source of graph functions; exit code 1 where one can't be converted")
        {
            files, references, function, json,
        };
        command.SetAction(parsed =>
        {
            var conversion = Conversion.Of([.. parsed.GetValue(files)!.SelectMany(Expand)], parsed.GetValue(references)!.Select(Existing));
            string wanted = parsed.GetValue(function) ?? "";
            var found = conversion.Functions.Where(each => each.Function.Contains(wanted, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (found.Length == 0 && !conversion.Messages.Any(message => message.IsError))
            {
                throw new UsageException(conversion.Functions.Length == 0
                    ? "no method is marked [GraphFunction] in a partial class."
                    : $"there is no function '{wanted}'; there are {string.Join(", ", conversion.Functions.Select(each => each.Function))}.");
            }

            if (conversion.UnknownNames > 0)
                output.Fail($"tgraph: {conversion.UnknownNames} names are declared elsewhere; name further files, or assemblies with --reference.");
            if (parsed.GetValue(json))
                output.Json(new { Functions = found, conversion.Messages });
            else
                Write(output, found, conversion.Messages);
            return conversion.Messages.Any(message => message.IsError) ? App.Differs : App.Ok;
        });
        return command;
    }

    private static void Write(Output output, ConvertedFunction[] functions, ConversionMessage[] messages)
    {
        foreach (var function in functions)
        {
            output.Line($"// {function.Function}, {Path.GetFileName(function.File)}:{function.Line}", "green");
            output.Line(function.Source.TrimEnd());
            output.Line();
        }

        foreach (var message in messages)
            output.Fail($"{message.Place}: {message.Id}: {message.Message}");
    }

    private static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
            return [Existing(path)];
        string[] built = [$"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", $"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}"];
        return Directory.EnumerateFiles(path, "*.cs", SearchOption.AllDirectories).Where(file => !built.Any(folder => file.Contains(folder, StringComparison.Ordinal)));
    }

    private static string Existing(string file) => File.Exists(file) ? file : throw new UsageException($"there is no file '{file}'.");
}
