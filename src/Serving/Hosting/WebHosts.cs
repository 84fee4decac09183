using System.Net;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TensorGraph.Serving;

/// <summary>The two web servers: gRPC and REST have ports of their own.</summary>
internal static class WebHosts
{
    /// <summary>The server for gRPC.</summary>
    public static WebApplication Grpc(ModelServerOptions options, ServerTls? tls, Action<IServiceCollection> add)
    {
        var builder = Builder(options, kestrel =>
        {
            // gRPC has its own limit, with a status of its own.
            kestrel.Limits.MaxRequestBodySize = null;
            void Listen(ListenOptions listen)
            {
                listen.Protocols = HttpProtocols.Http2;
                tls?.Use(listen);
            }

            if (options.GrpcPort is { } port)
                kestrel.Listen(AddressOf(options), port, Listen);
            if (options.GrpcSocketPath is { } path)
                kestrel.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRouting();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxRequestBytes;
            grpc.MaxSendMessageSize = null;
            grpc.EnableDetailedErrors = false;
        });
        add(builder.Services);
        var app = builder.Build();
        if (options.BearerToken is { } token)
            app.Use((context, next) => BearerCheck.GrpcAsync(context, token, next));
        app.Use(UnreadableMessages.AnswerAsync);
        app.UseRouting();
        app.MapGrpcService<PredictionGrpc>();
        app.MapGrpcService<ModelGrpc>();
        app.MapGrpcService<InferGrpc>();
        app.MapGrpcService<HealthServiceImpl>();
        return app;
    }

    /// <summary>The server for REST.</summary>
    public static WebApplication Rest(ModelServerOptions options, ServerTls? tls, RequestDelegate answer)
    {
        var builder = Builder(options, kestrel => kestrel.Listen(AddressOf(options), options.RestPort!.Value, listen =>
        {
            if (options.RestApiSsl)
                tls?.Use(listen);
        }));
        builder.Services.AddRequestDecompression();
        var app = builder.Build();
        app.UseRequestDecompression();
        app.Run(answer);
        return app;
    }

    private static WebApplicationBuilder Builder(ModelServerOptions options, Action<KestrelServerOptions> listen)
    {
        // Settings of other programs, in files or variables of the environment, are not for this one.
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "TensorGraph.Serving" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.MaxRequestBytes;
            // Clients that wait for an answer send nothing; those that stop in the middle of a request are cut off.
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(10));
            listen(kestrel);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.ShutdownTimeoutSeconds));
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
        options.ConfigureLogging?.Invoke(builder.Logging);
        return builder;
    }

    private static IPAddress AddressOf(ModelServerOptions options) => IPAddress.Parse(options.BindAddress);
}
