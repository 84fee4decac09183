using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace TensorGraph.Cli;

/// <summary>The output of the tool. Colours and lines of tables are for terminals: a pipe, a file and <c>NO_COLOR</c> get plain text.</summary>
internal sealed class Output
{
    // The terminal breaks lines, the console does not.
    private const int Unlimited = 1 << 20;

    // Cells are filled up to at most this width: a single long one must not fill the lines of all others.
    private const int WidestFilled = 120;

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly int? _width;
    private readonly IAnsiConsole _console;
    private readonly bool _showsProgress;

    /// <param name="writer">Takes results.</param>
    /// <param name="error">Takes messages.</param>
    /// <param name="width">Columns of the terminal; null for a pipe or a file.</param>
    /// <param name="hasColours">True for a terminal that shows them.</param>
    /// <param name="showsProgress">True when messages go to a terminal, on which a bar can move.</param>
    public Output(TextWriter writer, TextWriter error, int? width = null, bool hasColours = false, bool showsProgress = false)
    {
        (Writer, Error, _width, _showsProgress) = (writer, error, width, showsProgress);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColours ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        _console.Profile.Width = Unlimited;
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
        return new(Console.Out, Console.Error, isTerminal ? Width() : null, hasColours, showsProgress: !Console.IsErrorRedirected);
    }

    /// <summary>Writes a text as it is, but for control characters: what a program recorded must not move the cursor.</summary>
    public void Line(string text = "") => Writer.WriteLine(Printable(text));

    /// <summary>Writes a line in a colour, where there are colours.</summary>
    public void Line(string text, string style)
    {
        if (_width is not null)
            _console.MarkupLine($"[{style}]{Markup.Escape(Printable(text))}[/]");
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
    public void Fail(string message) => Error.WriteLine(Printable(message));

    /// <summary>Runs a training with a bar on the error stream that shows the loss of each step; without one where that is no terminal.</summary>
    /// <param name="steps">Steps in all.</param>
    /// <param name="train">Calls what it is given with the loss of each step.</param>
    public T Training<T>(long steps, Func<Action<double>, T> train)
    {
        if (!_showsProgress)
            return train(_ => { });
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Error) });
        // What ends the program leaves the cursor as the bar has it: hidden.
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => console.Cursor.Show(true));
        using var onEnd = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => console.Cursor.Show(true));
        return console.Progress().Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(progress =>
        {
            var bar = progress.AddTask("training", maxValue: steps);
            return train(loss =>
            {
                bar.Increment(1);
                bar.Description = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}");
            });
        });
    }

    /// <summary>Writes a value as JSON.</summary>
    public void Json<T>(T value) => Line(JsonSerializer.Serialize(value, JsonOptions));

    /// <summary>A value as JSON on a file.</summary>
    public static void WriteJson<T>(string path, T value) => File.WriteAllText(path, JsonSerializer.Serialize(value, JsonOptions) + "\n");

    /// <summary>Reads what <see cref="WriteJson"/> wrote.</summary>
    public static T? ReadJson<T>(string path) => JsonSerializer.Deserialize<T>(File.ReadAllText(path), JsonOptions);

    /// <summary>
    /// Writes a table; a column whose name starts with <c>&gt;</c> is for numbers, which end at its right side. Where it does not fit into the
    /// terminal, each row becomes a paragraph.
    /// </summary>
    public void Table(string[] columns, IEnumerable<string[]> rows)
    {
        string[] names = [.. columns.Select(column => column.TrimStart('>'))];
        string[][] lines = [.. rows.Select(row => Array.ConvertAll(row, cell => Printable(cell, isCell: true)))];
        int[] widths = [.. names.Select((name, i) => Math.Min(WidestFilled, lines.Select(line => line[i].Length).Append(name.Length).Max()))];
        if (_width < widths.Sum() + widths.Length - 1)
        {
            foreach (string[] line in lines)
                Paragraph(names, line);
            return;
        }

        Line(Row(names).TrimEnd(), "bold");
        foreach (string[] line in lines)
            Line(Row(line).TrimEnd());

        string Row(string[] cells) =>
            string.Join(' ', cells.Select((cell, i) => columns[i].StartsWith('>') ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i])));
    }

    // name value  name value …, the first value alone; what is empty is left out.
    private void Paragraph(string[] names, string[] cells)
    {
        Line(cells[0], "bold");
        string line = "";
        foreach (var (name, cell) in names.Zip(cells).Skip(1).Where(item => item.Second.Length > 0))
        {
            if (line.Length > 0 && line.Length + name.Length + cell.Length + 3 > _width)
            {
                Line(line);
                line = "";
            }

            line += $"{(line.Length > 0 ? ", " : "  ")}{name} {cell}";
        }

        if (line.Length > 0)
            Line(line);
    }

    private static string Printable(string text, bool isCell = false)
    {
        return text.Any(IsHidden)
            ? string.Concat(text.Select(c => !IsHidden(c) ? $"{c}" : c == '\n' ? "\\n" : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))
            : text;

        bool IsHidden(char c) => char.IsControl(c) && (isCell || c is not ('\n' or '\r' or '\t'));
    }

    private static int Width()
    {
        const int OfOldTerminals = 80;
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : OfOldTerminals;
        }
        catch (IOException)
        {
            return OfOldTerminals;
        }
    }
}
