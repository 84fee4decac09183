using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TensorGraph.Cli;

/// <summary>The output of the tool. Colours and lines of tables are for terminals: a pipe, a file and <c>NO_COLOR</c> get plain text.</summary>
internal sealed class Output
{
    // Text in a pipe is not cut to the width of a screen that is not there.
    private const int WidthOfPipe = 10_000;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly bool _isTerminal;
    private readonly IAnsiConsole _console;

    public Output(TextWriter writer, TextWriter error, bool isTerminal = false, bool hasColours = false)
    {
        (Writer, Error, _isTerminal) = (writer, error, isTerminal);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
            _console.Profile.Width = WidthOfPipe;
    }

    /// <summary>Takes results.</summary>
    public TextWriter Writer { get; }

    /// <summary>Takes messages.</summary>
    public TextWriter Error { get; }

    /// <summary>The streams of this process.</summary>
    public static Output OfProcess()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        bool hasColours = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new(Console.Out, Console.Error, isTerminal, hasColours);
    }

    /// <summary>Writes a line as it is.</summary>
    public void Line(string text = "") => Writer.WriteLine(text);

    /// <summary>Writes a line in a colour, where there are colours.</summary>
    public void Line(string text, string style)
    {
        if (_isTerminal)
            _console.MarkupLine($"[{style}]{Markup.Escape(text)}[/]");
        else
            Line(text);
    }

    /// <summary>Writes a heading after an empty line.</summary>
    public void Heading(string text)
    {
        Line();
        Line(text, "bold");
    }

    /// <summary>Writes a message to the error stream.</summary>
    public void Fail(string message) => Error.WriteLine(message);

    /// <summary>Writes a value as JSON.</summary>
    public void Json<T>(T value) => Line(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>A value as JSON on a file.</summary>
    public static void WriteJson<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, JsonOptions) + "\n");

    /// <summary>Reads what <see cref="WriteJson"/> wrote.</summary>
    public static T? ReadJson<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllText(path), JsonOptions);

    /// <summary>Writes a table; a column whose name starts with <c>&gt;</c> is for numbers, which end at its right side.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(_isTerminal ? TableBorder.Simple : TableBorder.None);
        foreach (string column in columns)
        {
            bool isNumber = column.StartsWith('>');
            var cell = new TableColumn(new Text(isNumber ? column[1..] : column, Style.Plain)).NoWrap();
            if (isNumber)
                cell.RightAligned();
            else if (_isTerminal)
                cell.NoWrap = false;
            table.AddColumn(cell);
        }

        foreach (string[] row in rows)
            table.AddRow(row.Select(cell => new Text(cell, Style.Plain)));
        if (_isTerminal)
        {
            _console.Write(table);
            return;
        }

        // Cells are filled up to the column's width: no line of a pipe ends with that.
        var text = new StringWriter();
        new Output(text, Error)._console.Write(table);
        foreach (string line in text.ToString().Split('\n'))
        {
            if (line.Trim().Length > 0)
                Line(line.TrimEnd());
        }
    }
}
