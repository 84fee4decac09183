using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TensorGraph.Tests;

/// <summary>The page of <c>tgraph html</c> is one file without a network, and works in a browser.</summary>
public sealed class HtmlTests(RecordedModel model) : IClassFixture<RecordedModel>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-html-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_page_refers_to_nothing_outside_of_it_and_its_data_can_not_end_its_script()
    {
        string page = File.ReadAllText(Page(model.Folder));
        Assert.DoesNotMatch(new Regex("(src|href)\\s*=|@import|url\\((?!#)|fetch\\(|https?://", RegexOptions.IgnoreCase), Regex.Replace(page, "<script id=\"data\".*?</script>", "", RegexOptions.Singleline));
        string data = Regex.Match(page, "<script id=\"data\"[^>]*>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        Assert.DoesNotContain('<', data);
        Assert.Contains("RecordedModel.cs", data, StringComparison.Ordinal);
        Assert.DoesNotContain("A layer with a bias", File.ReadAllText(Page(model.Folder, "--no-sources")), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_click_on_a_node_shows_its_line_its_type_and_its_kernel()
    {
        using var browser = await Browser.Open(Page(model.Folder), "#trace=1&tab=graph");
        await browser.Click(".node[data-op=dot] > rect");
        string here = await browser.Evaluate("document.querySelector('#detail .here').textContent");
        Assert.Contains("Ops.MatMul(x, _weights.Value)", here, StringComparison.Ordinal);
        string detail = await browser.Evaluate("document.querySelector('#detail').textContent");
        Assert.Contains("f32[3, 2]", detail, StringComparison.Ordinal);
        Assert.Contains("FLOPs of a run48", detail, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Blocks_open_passes_slide_and_search_finds()
    {
        using var browser = await Browser.Open(Page(model.Folder), "#trace=1&tab=graph");
        Assert.Equal("0", await browser.Evaluate("document.querySelectorAll('.block').length"));
        await browser.Click("#expand");
        Assert.Equal("2", await browser.Evaluate("document.querySelectorAll('.block').length"));
        string optimized = await browser.Evaluate("document.querySelector('#step-name').textContent");
        await browser.Evaluate("(s => { s.value = 0; s.dispatchEvent(new Event('input')); })(document.querySelector('#step'))");
        Assert.StartsWith("traced (", await browser.Evaluate("document.querySelector('#step-name').textContent"), StringComparison.Ordinal);
        Assert.StartsWith("optimized (", optimized, StringComparison.Ordinal);
        await browser.Evaluate("(s => { s.value = 'exp'; s.dispatchEvent(new Event('input')); })(document.querySelector('#search'))");
        Assert.Equal("1 found", await browser.Evaluate("document.querySelector('#hits').textContent"));
        Assert.Equal("1", await browser.Evaluate("document.querySelectorAll('.node.hit').length"));
        foreach (string tab in new[] { "timeline", "memory", "overview" })
        {
            await browser.Click($"nav [data-tab={tab}]");
            Assert.Equal("1", await browser.Evaluate($"document.querySelectorAll('#{tab}.on svg, #{tab}.on table').length > 0 ? 1 : 0"));
        }
    }

    [BrowserFact]
    public async Task An_edge_over_several_layers_bends()
    {
        using var browser = await Browser.Open(Page(model.Folder), "#trace=1&tab=graph");
        Assert.True(int.Parse(await browser.Evaluate("document.querySelectorAll('.edge[d*=V]').length"), CultureInfo.InvariantCulture) > 0);
        Assert.Equal("0", await browser.Evaluate("document.querySelectorAll('.edge[d*=NaN], .edge[d*=undefined]').length"));
    }

    [BrowserFact]
    public async Task Files_of_one_name_are_told_apart_or_not_shown()
    {
        string copy = WithFiles(Path.Combine(_folder, "a", "RecordedModel.cs"), Path.Combine(_folder, "b", "RecordedModel.cs"));
        using var browser = await Browser.Open(Page(copy), "#trace=1&tab=graph");
        await browser.Click(".node[data-op=dot] > rect");
        Assert.Contains("2 files have the name RecordedModel.cs", await browser.Evaluate("document.querySelector('#detail').textContent"), StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Only_source_files_become_part_of_the_page_and_those_changed_since_say_so()
    {
        string copy = WithFiles(Path.Combine(_folder, "secret.txt"), Path.Combine(_folder, "Changed.cs"));
        string page = File.ReadAllText(Page(copy));
        Assert.DoesNotContain("text of secret.txt", page, StringComparison.Ordinal);
        Assert.Contains("text of Changed.cs", page, StringComparison.Ordinal);
        Assert.Contains("\"isChanged\":true", page, StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    [Fact]
    public void Kernels_belong_to_their_nodes_where_commands_run_side_by_side()
    {
        var device = (Backends.Managed.ManagedDevice)Devices.Managed;
        int threads = device.Threads;
        device.Threads = 8;
        using (GraphRecorder.Start(_folder))
            Functions.Wide(Ops.Ones(300, 300), 3);
        device.Threads = threads;
        string data = Regex.Match(File.ReadAllText(Page(_folder)), "<script id=\"data\"[^>]*>(.*?)</script>", RegexOptions.Singleline).Groups[1].Value;
        var steps = JsonDocument.Parse(data).RootElement.GetProperty("traces")[0].GetProperty("steps");
        var nodes = steps[steps.GetArrayLength() - 1].GetProperty("graph").GetProperty("nodes").EnumerateArray();
        string[] products = [.. nodes.Where(node => node.GetProperty("op").GetString() == "dot").Select(node => node.GetProperty("kernel").GetProperty("ops")[0].GetString()!)];
        Assert.Equal(["dot", "dot", "dot", "dot"], products);
    }

    [Fact]
    public void A_step_that_does_not_parse_is_left_out()
    {
        string copy = ReportTests.Copy(model.Folder);
        string traced = Path.Combine(copy, "run-1", "graphs", "1", "00-traced.tg");
        File.WriteAllText(traced, File.ReadAllText(traced).Replace("= dot ", "= dot {gradient=<own>} ", StringComparison.Ordinal));
        string page = File.ReadAllText(Page(copy));
        Assert.Contains("\"label\":\"optimized\"", page, StringComparison.Ordinal);
        Directory.Delete(copy, recursive: true);
    }

    [BrowserFact]
    public async Task A_graph_of_5000_nodes_is_drawn()
    {
        using (GraphRecorder.Start(_folder))
            Deep.Chain(Ops.Ones(4), 2500);
        using var browser = await Browser.Open(Page(_folder), "#trace=1&tab=graph");
        await browser.Evaluate("(s => { s.value = 0; s.dispatchEvent(new Event('input')); })(document.querySelector('#step'))");
        Assert.True(int.Parse(await browser.Evaluate("document.querySelectorAll('.node').length"), CultureInfo.InvariantCulture) > 5000);
        Assert.Matches(@"^\d+$", await browser.Evaluate("document.querySelector('#canvas').dataset.milliseconds"));
    }

    // A copy of the recording in which traces name these files, which are made.
    private string WithFiles(params string[] files)
    {
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, $"// text of {Path.GetFileName(file)}");
        }

        string copy = ReportTests.Copy(model.Folder);
        string events = Path.Combine(copy, "run-1", "events.jsonl");
        File.WriteAllText(events, Regex.Replace(
            File.ReadAllText(events), "\"files\":\\[[^\\]]*\\]", $"\"files\":[{string.Join(",", files.Select(file => $"\"{file}\""))}]"));
        return copy;
    }

    private string Page(string recording, params string[] options)
    {
        string page = Path.Combine(_folder, "report.html");
        Tool.Run(["html", recording, "-o", page, .. options]);
        return page;
    }
}

/// <summary>A function whose C# loop unrolls into many nodes.</summary>
public static partial class Deep
{
    [GraphFunction]
    public static Tensor Chain(Tensor x, int count)
    {
        for (int i = 0; i < count; i++)
            x = Ops.Sin(x * 1.0001f);
        return x;
    }
}
