namespace TensorGraph.Tests;

/// <summary>The page for people, in a browser.</summary>
public sealed class StatusPageTests : ServingTest
{
    [BrowserFact]
    public async Task It_shows_models_and_calls_them()
    {
        SaveHalfPlusTwo(version: "1");
        var server = await StartAsync(OptionsFor(At("half_plus_two")) with { EnableBatching = true, MaxNumLoadRetries = 0 });
        Directory.CreateDirectory(At("half_plus_two", "7"));
        using var browser = await Browser.Open($"{server.RestAddress}");
        await UntilAsync(async () => await browser.Evaluate("document.getElementById('summary').textContent") == "Each model has a version that answers requests.");
        Assert.Equal("half_plus_two (tensorgraph)", await browser.Evaluate("document.querySelector('h2').textContent"));
        Assert.Equal("AVAILABLE", await browser.Evaluate("document.querySelector('td.AVAILABLE').textContent"));
        await UntilAsync(async () => (await browser.Evaluate("document.querySelector('td.bad')?.textContent ?? ''")).Contains("TG1006", StringComparison.Ordinal));
        foreach (var (function, reply) in new[] { ("serving_default", "2.25"), ("regress_x_to_y", "\"results\": [2.25]"), ("classify_x_to_y", "[[\"\", 0.5], [\"\", 1.0]]") })
        {
            await browser.Evaluate($"[...document.querySelectorAll('#function option')].find(each => each.textContent.includes(': {function}(')).selected = true");
            await browser.Evaluate("document.getElementById('function').dispatchEvent(new Event('change'))");
            await browser.Evaluate("document.getElementById('send').scrollIntoView()");
            await browser.Click("#send");
            await UntilAsync(async () => (await browser.Evaluate("document.getElementById('reply').textContent")).Length > 0);
            string shown = await browser.Evaluate("document.getElementById('reply').textContent");
            Assert.StartsWith("200\n", shown, StringComparison.Ordinal);
            Assert.Contains(reply, shown, StringComparison.Ordinal);
        }

        await UntilAsync(async () => await browser.Evaluate("document.querySelectorAll('svg').length >= 3") == "true");
        // A request that a person spoils has its error shown.
        await browser.Evaluate("document.getElementById('body').value = '{'");
        await browser.Evaluate("document.getElementById('reply').textContent = ''");
        await browser.Evaluate("document.getElementById('send').scrollIntoView()");
        await browser.Click("#send");
        await UntilAsync(async () => (await browser.Evaluate("document.getElementById('reply').textContent")).StartsWith("400\n{ \"error\": \"JSON Parse error", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("TENSORGRAPH_SCREENSHOT") is { } picture)
            await browser.Screenshot(picture);
    }
}
