using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TensorGraph.Serving;

/// <summary>The paths of the REST port.</summary>
internal sealed class RestRoutes(ModelServerOptions options, ModelRegistry registry, ServerMetrics metrics, string? metricsPath, RestApi
    rest, InferRest infer)
{
    public async Task AnswerAsync(HttpContext context)
    {
        string path = PathOf(context);
        if (path == "/healthz")
        {
            await RestBody.WriteAsync(context, StatusCodes.Status200OK, "ok\n", "text/plain").ConfigureAwait(false);
            return;
        }

        if (path == "/readyz")
        {
            bool isReady = registry.IsReady;
            await RestBody.WriteAsync(
                context, isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, isReady ? "ready\n" : "not ready\n", "text/plain").ConfigureAwait(false);
            return;
        }

        AddCors(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            bool hasOrigin = Uri.TryCreate(context.Request.Headers.Origin.ToString(), UriKind.Absolute, out var origin) && origin.Scheme is "http" or "https";
            await RestBody.WriteAsync(context, hasOrigin ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, "").ConfigureAwait(false);
            return;
        }

        if (options.BearerToken is { } token && !BearerCheck.IsAllowed(context, token))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await RestBody.WriteAsync(
                context, Faults.HttpCode(StatusCode.Unauthenticated), RestApi.ErrorJson("The request has no valid bearer token.")).ConfigureAwait(false);
            return;
        }

        if (RestPath.IsOurs(path))
            await rest.AnswerAsync(context, path).ConfigureAwait(false);
        else if (InferRest.IsOurs(path))
            await infer.AnswerAsync(context, path).ConfigureAwait(false);
        else if (path == "/status.json" && HttpMethods.IsGet(context.Request.Method))
            await RestBody.WriteAsync(context, StatusCodes.Status200OK, StatusPage.Json(registry, metrics)).ConfigureAwait(false);
        else if (path == "/" && HttpMethods.IsGet(context.Request.Method))
            await PageAsync(context).ConfigureAwait(false);
        else if (path == metricsPath && HttpMethods.IsGet(context.Request.Method))
            await RestBody.WriteAsync(context, StatusCodes.Status200OK, metrics.Text(), "text/plain").ConfigureAwait(false);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static Task PageAsync(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'";
        return RestBody.WriteAsync(context, StatusCodes.Status200OK, StatusPage.Html, "text/html; charset=utf-8");
    }

    // As the client sent it: what is encoded in a name is no part of the path.
    private static string PathOf(HttpContext context)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? target : target[..query];
        return path.StartsWith('/') ? path : context.Request.Path.Value ?? "/";
    }

    private void AddCors(HttpContext context)
    {
        if (!options.RestApiEnableCorsSupport)
            return;
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = "POST, GET";
        headers.AccessControlAllowHeaders = "Content-Type";
    }
}
