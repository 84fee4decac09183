using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>A test in a browser; skipped, and counted as such, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Browser.Program is null ? "this machine has no Chromium" : null;
}

/// <summary>A page in a headless Chromium, driven by the DevTools protocol.</summary>
internal sealed class Browser : IDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge"];

    private readonly string _profile = Directory.CreateTempSubdirectory("tensorgraph-browser-").FullName;
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private int _messages;

    private Browser()
    {
        _process = Process.Start(new ProcessStartInfo(Program!,
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1500,900", $"--user-data-dir={_profile}", "about:blank"])
        {
            UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
    }

    /// <summary>The program; null where there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Opens a file or an address and waits until it is loaded.</summary>
    public static async Task<Browser> Open(string page, string fragment = "")
    {
        var browser = new Browser();
        string? line;
        do
            line = await browser._process.StandardError.ReadLineAsync();
        while (line is not null && !line.Contains("ws://", StringComparison.Ordinal));
        Assert.NotNull(line);
        var address = new Uri(line[line.IndexOf("ws://", StringComparison.Ordinal)..]);
        using var http = new HttpClient();
        var pages = JsonDocument.Parse(await http.GetStringAsync($"http://{address.Authority}/json/list")).RootElement;
        string target = pages.EnumerateArray().First(each => each.GetProperty("type").GetString() == "page").GetProperty("webSocketDebuggerUrl").GetString()!;
        await browser._socket.ConnectAsync(new Uri(target), CancellationToken.None);
        await browser.Send("Page.navigate", new { url = new Uri(page).AbsoluteUri + fragment });
        while (await browser.Evaluate("document.readyState + location.protocol") != $"complete{new Uri(page).Scheme}:")
            await Task.Delay(20);
        return browser;
    }

    /// <summary>The text of what an expression gives.</summary>
    public async Task<string> Evaluate(string expression)
    {
        var result = (await Send("Runtime.evaluate", new { expression = $"String({expression})" })).GetProperty("result");
        return result.GetProperty("result").TryGetProperty("value", out var value) ? value.GetString()! : throw new InvalidOperationException(result.ToString());
    }

    /// <summary>Presses and lets go the mouse in the middle of an element.</summary>
    public async Task Click(string selector)
    {
        string box = await Evaluate($"(r => (r.left + r.width / 2) + ' ' + (r.top + Math.min(r.height / 2, 15)))(document.querySelector('{selector}').getBoundingClientRect())");
        double[] at = [.. box.Split(' ').Select(number => double.Parse(number, System.Globalization.CultureInfo.InvariantCulture))];
        foreach (string type in new[] { "mousePressed", "mouseReleased" })
            await Send("Input.dispatchMouseEvent", new { type, x = at[0], y = at[1], button = "left", clickCount = 1 });
    }

    /// <summary>Writes what is seen as a picture.</summary>
    public async Task Screenshot(string file)
    {
        var picture = (await Send("Page.captureScreenshot", new { format = "png" })).GetProperty("result");
        await File.WriteAllBytesAsync(file, picture.GetProperty("data").GetBytesFromBase64());
    }

    public void Dispose()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of it may still write: the folder is a temporary one.
        }
    }

    private async Task<JsonElement> Send(string method, object parameters)
    {
        int id = ++_messages;
        byte[] message = JsonSerializer.SerializeToUtf8Bytes(new { id, method, @params = parameters });
        await _socket.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        while (true)
        {
            using var answer = new MemoryStream();
            WebSocketReceiveResult part;
            byte[] buffer = new byte[1 << 16];
            do
            {
                part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                answer.Write(buffer, 0, part.Count);
            }
            while (!part.EndOfMessage);
            var root = JsonDocument.Parse(Encoding.UTF8.GetString(answer.ToArray())).RootElement;
            if (root.TryGetProperty("id", out var answered) && answered.GetInt32() == id)
                return root;
        }
    }
}
