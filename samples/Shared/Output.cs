using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Samples;

/// <summary>Tables, progress and JSON of samples.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Writes figures to a file, if there is one.</summary>
    public static void WriteJson<T>(T figures, string? path)
    {
        if (path is not null)
            File.WriteAllText(path, JsonSerializer.Serialize(figures, s_json) + "\n");
    }

    /// <summary>A table whose first columns are text and whose last ones are numbers, which end at the right.</summary>
    public static Table Table(int textColumns, params string[] columns)
    {
        var table = new Table().AddColumns(Array.ConvertAll(columns, Markup.Escape));
        foreach (var column in table.Columns.Skip(textColumns))
            column.RightAligned();
        return table;
    }

    /// <summary>A number in a format, or nothing.</summary>
    public static string Number(string format, IFormattable? number) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    /// <summary>Runs a training with a bar that shows the loss of each step, where it is known.</summary>
    public static T Training<T>(long steps, Func<Action<double>, T> train)
    {
        // What ends the program leaves the cursor as the bar has it: hidden.
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => AnsiConsole.Cursor.Show(true));
        using var onEnd = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => AnsiConsole.Cursor.Show(true));
        return AnsiConsole.Progress().Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
        {
            var bar = progress.AddTask("training", maxValue: steps);
            return train(loss =>
            {
                bar.Increment(1);
                if (!double.IsNaN(loss))
                    bar.Description = string.Create(CultureInfo.InvariantCulture, $"loss {loss:F4}");
            });
        });
    }
}
