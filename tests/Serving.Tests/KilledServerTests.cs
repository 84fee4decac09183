using System.Diagnostics;
using System.Globalization;
using TensorGraph.Protocol.TensorflowServing;
using TensorGraph.Serving;

namespace TensorGraph.Tests;

/// <summary>A process that is killed, as by <c>kill -9</c>, while it saves or loads a version: a server that starts after it serves the last whole one.</summary>
public sealed class KilledServerTests : ServingTest
{
    private const int Seed = 20260101;

    [Fact]
    public async Task In_a_save()
    {
        var random = new Random(Seed);
        int last = 0;
        bool wasCut = false;
        // Until one was killed in the middle of a save.
        for (int round = 0; round < 5 || (!wasCut && round < 50); round++)
        {
            string[] left = Unfinished();
            using var child = Run("save", last + 1);
            var saving = child.Process;
            // At least one save is whole, and another one is under way.
            last = int.Parse((await saving.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            Assert.True(SpinWait.SpinUntil(() => Unfinished().Except(left).Any(), TimeSpan.FromMinutes(1)));
            await Task.Delay(random.Next(4));
            saving.Kill();
            while (await saving.StandardOutput.ReadLineAsync() is { } more)
                last = int.Parse(more, CultureInfo.InvariantCulture);
            await saving.WaitForExitAsync();
            wasCut |= Unfinished().Except(left).Any();
            int newest = Directory.GetDirectories(At("m")).Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit))
                .Max(name => int.Parse(name!, CultureInfo.InvariantCulture));
            // The last one may have been whole and not printed yet.
            Assert.InRange(newest, last, last + 1);
            last = newest;
            await using var server = await ModelServer.StartAsync(OptionsFor(At("m"), "m"));
            Assert.Equal(Text($$"""{"predictions":[{{last}}.0]}"""), Compact((await PostAsync(server, "v1/models/m:predict", """{"instances": [1.0]}""")).Body));
        }

        Assert.True(wasCut);

        string[] Unfinished() => Directory.Exists(At("m")) ? Directory.GetDirectories(At("m"), "*.unfinished") : [];
    }

    [Fact]
    public async Task In_a_load()
    {
        using (var saving = Run("save", 1))
            await saving.Process.StandardOutput.ReadLineAsync();

        foreach (string other in Directory.GetDirectories(At("m")).Where(folder => Path.GetFileName(folder) != "1"))
            Directory.Delete(other, recursive: true);
        using (var serving = Run("serve", int.MaxValue))
        {
            var address = new Uri((await serving.Process.StandardOutput.ReadLineAsync())!);
            using var client = new HttpClient { BaseAddress = address };
            // Its recorded request runs so often that it never answers.
            SavedModel.Load(At("m", "1")).Save(At("staging"));
            Directory.CreateDirectory(Path.GetDirectoryName(WarmUp.FileOf(At("staging")))!);
            using (var file = File.Create(WarmUp.FileOf(At("staging"))))
                TensorflowRecords.Write(file, Google.Protobuf.MessageExtensions.ToByteArray(Recorded()));
            Directory.Move(At("staging"), At("m", "2"));
            await UntilAsync(async () => (await Text(client.GetAsync("v1/models/m/versions/2"))).Contains("LOADING", StringComparison.Ordinal));
            Assert.Contains("1.0", await Text(client.PostAsync("v1/models/m:predict", new StringContent("""{"instances": [1.0]}"""))), StringComparison.Ordinal);
        }

        // Both versions are whole: this time the second one is loaded to its end, and a third one that is not whole changes nothing.
        var server = await StartAsync(OptionsFor(At("m"), "m"));
        Assert.Contains("AVAILABLE", (await GetAsync(server, "v1/models/m/versions/2")).Body, StringComparison.Ordinal);
        Directory.CreateDirectory(At("m", "3"));
        await UntilAsync(async () => (await GetAsync(server, "v1/models/m/versions/3")).Body.Contains("NOT_FOUND", StringComparison.Ordinal));
        Assert.Contains("1.0", (await PostAsync(server, "v1/models/m:predict", """{"instances": [1.0]}""")).Body, StringComparison.Ordinal);

        static async Task<string> Text(Task<HttpResponseMessage> call)
        {
            using var reply = await call;
            return await reply.Content.ReadAsStringAsync();
        }

        static PredictionLog Recorded() => new()
        {
            PredictLog = new() { Request = new() { ModelSpec = new() { Name = "m" }, Inputs = { ["x"] = Floats([1]) } } },
        };
    }

    private Killed Run(string command, int number)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ServingProgram.dll");
        var start = new ProcessStartInfo("dotnet", [program, command, At("m"), number.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        return new(Process.Start(start)!);
    }

    /// <summary>A process that is killed at the latest when it is disposed.</summary>
    private sealed record Killed(Process Process) : IDisposable
    {
        public void Dispose()
        {
            Process.Kill();
            Process.WaitForExit();
            Process.Dispose();
        }
    }
}
