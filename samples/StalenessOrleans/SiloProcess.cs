using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace TestBed.Cluster;

/// <summary>A process with one silo. It lives until its standard input ends, so that none outlives who started it.</summary>
internal static class SiloProcess
{
    public static readonly TimeSpan ResponseTimeout = TimeSpan.FromMinutes(10);

    public static async Task Run(string folder, int port, int gateway, int primary, int[] shards, int[] workers)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(new SiloContext(folder));
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(port, gateway, port == primary ? null : new IPEndPoint(IPAddress.Loopback, primary));
            // The usual directory of grains is in parts on all silos, and a grain whose part was on a killed one is ended and begun anew elsewhere:
            // a shard would lose updates because a worker's silo died. This one finds such grains again.
#pragma warning disable ORLEANSEXP003 // An experiment of Orleans.
            silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
            silo.Configure<ClusterMembershipOptions>(options =>
            {
                options.ProbeTimeout = TimeSpan.FromSeconds(2);
                options.NumMissedProbesLimit = 2;
                options.TableRefreshTimeout = TimeSpan.FromSeconds(3);
            });
            silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = options.SystemResponseTimeout = ResponseTimeout);
        });
        using var host = builder.Build();
        await host.StartAsync();
        // Grains are made where they are first asked for.
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        foreach (int shard in shards)
            await grains.GetGrain<IParameterServerGrain>(shard).GetProgress();
        foreach (int worker in workers)
            await grains.GetGrain<IWorkerGrain>(worker).Wake();
        await File.WriteAllTextAsync(ReadyPath(folder, port), "");
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    public static string ReadyPath(string folder, int port) => Path.Combine(folder, FormattableString.Invariant($"silo-{port}.ready"));
}
