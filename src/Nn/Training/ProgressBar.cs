using System.Diagnostics;
using System.Globalization;

namespace TensorGraph;

/// <summary>A line for each epoch; on a terminal it shows steps and loss meanwhile.</summary>
internal sealed class ProgressBar : IDisposable
{
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(200);

    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private string _title = "";
    private long _started;
    private long _shown;
    private int _width;

    public ProgressBar(TextWriter? output)
    {
        _output = output ?? TensorGraphOptions.Current.Output;
#pragma warning disable RS0030 // Nothing is written to it: it only says whether a line can be written over.
        _isTerminal = output is null && !Console.IsOutputRedirected;
#pragma warning restore RS0030
    }

    public void Start(string title) => (_title, _started, _shown) = (title, Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());

    public void Show(long step, Tensor loss)
    {
        // To read the loss is to wait for it, so that is done a few times a second.
        if (!_isTerminal || Stopwatch.GetElapsedTime(_shown) < s_between)
            return;
        Write(string.Create(CultureInfo.InvariantCulture, $"{_title}  step {step}  loss {loss.ToDouble():g4}  {Seconds()}"));
        _shown = Stopwatch.GetTimestamp();
    }

    public void End(string numbers) => Log($"{_title}  {numbers}  {Seconds()}");

    /// <summary>A line of its own, in place of the bar.</summary>
    public void Log(string line)
    {
        Write(line);
        _output.WriteLine();
        _width = 0;
    }

    public void Dispose() => _output.Flush();

    private string Seconds() => string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_started).TotalSeconds:f1} s");

    private void Write(string line)
    {
        _output.Write(_width > 0 ? $"\r{line.PadRight(_width)}" : line);
        _width = Math.Max(_width, line.Length);
    }
}
