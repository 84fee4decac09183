using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TensorGraph;

namespace TestBed.Cluster;

/// <summary>
/// Silos in processes of their own on this machine: the first has the membership table and no grains, the second the shards, the others the workers.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    // Without any progress; how long all of it takes is another matter.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);
    private readonly List<Process> _silos = [];
    private readonly HashSet<int> _killed = [];
    private readonly IHost _client;

    private Cluster(IHost client) => _client = client;

    public IGrainFactory Grains => _client.Services.GetRequiredService<IClusterClient>();

    public static async Task<Cluster> Start(string folder, ClusterSettings settings, int workerSilos)
    {
        int[] ports = FreePorts(2 * (workerSilos + 2));
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client =>
        {
            client.UseLocalhostClustering(ports[1]);
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = SiloProcess.ResponseTimeout);
        });
        var cluster = new Cluster(builder.Build());
        for (int i = 0; i < workerSilos + 2; i++)
        {
            IEnumerable<int> shards = i == 1 ? Enumerable.Range(0, settings.Shards) : [];
            IEnumerable<int> workers = i >= 2 ? Enumerable.Range(0, settings.Workers).Where(worker => worker % workerSilos == i - 2) : [];
            cluster.Launch(["silo", folder, Text(ports[2 * i]), Text(ports[(2 * i) + 1]), Text(ports[0]), string.Join(',', shards), string.Join(',', workers)]);
            await cluster.Until(() => Task.FromResult(File.Exists(SiloProcess.ReadyPath(folder, ports[2 * i]))), $"silo {i} has not started");
        }

        await cluster._client.StartAsync();
        return cluster;
    }

    /// <summary>Ends the process of a silo at once and waits until the others have noticed.</summary>
    public async Task<TimeSpan> Kill(int silo)
    {
        int alive = await CountActive();
        var clock = Stopwatch.StartNew();
        _killed.Add(silo);
        _silos[silo].Kill();
        await Until(async () => await CountActive() < alive, "the loss of a silo was not noticed");
        return clock.Elapsed;
    }

    /// <summary>Waits as long as there is progress: as long as a number changes. Errors: TG1006 without progress, or when a silo has ended.</summary>
    public async Task Until(Func<Task<bool>> holds, string problem, Func<long>? progress = null)
    {
        var clock = Stopwatch.StartNew();
        long last = 0;
        while (!await holds())
        {
            if (progress is not null && progress() is var now && now != last)
            {
                last = now;
                clock.Restart();
            }

            for (int silo = 0; silo < _silos.Count; silo++)
            {
                if (_silos[silo].HasExited && !_killed.Contains(silo))
                    throw Failed(FormattableString.Invariant($"silo {silo} has ended with code {_silos[silo].ExitCode}"));
            }

            if (clock.Elapsed > s_patience)
                throw Failed(FormattableString.Invariant($"{problem}, and nothing happened in {s_patience.TotalSeconds:F0} s"));
            await Task.Delay(100);
        }
    }

    public static GraphException Failed(string problem) =>
        new(DiagnosticIds.BadData, $"cluster: {problem}", "Look at the silos' output above.");

    public async ValueTask DisposeAsync()
    {
        await _client.StopAsync();
        _client.Dispose();
        foreach (var silo in _silos.AsEnumerable().Reverse())
        {
            silo.StandardInput.Close();
            if (!silo.WaitForExit(TimeSpan.FromSeconds(10)))
                silo.Kill();
            silo.Dispose();
        }
    }

    private async Task<int> CountActive() => (await Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true)).Count;

    private void Launch(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, UseShellExecute = false };
        // Under "dotnet X.dll" the process is dotnet.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(Cluster).Assembly.Location);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        _silos.Add(Process.Start(start)!);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (var listener in listeners)
            listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners)
            listener.Stop();
        return ports;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
