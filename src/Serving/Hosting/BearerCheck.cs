using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace TensorGraph.Serving;

/// <summary>Refuses requests without the token.</summary>
internal static class BearerCheck
{
    private const string Scheme = "Bearer ";

    /// <summary>True for a request that brings the token.</summary>
    public static bool IsAllowed(HttpContext context, string token)
    {
        string given = context.Request.Headers.Authorization.ToString();
        return given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim()), Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Answers a gRPC call without the token.</summary>
    public static Task GrpcAsync(HttpContext context, string token, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/grpc.health.v1.Health", StringComparison.Ordinal) || IsAllowed(context, token))
            return next(context);
        context.Response.ContentType = "application/grpc";
        context.Response.Headers["grpc-status"] = "16";
        context.Response.Headers["grpc-message"] = "The request has no valid bearer token.";
        return Task.CompletedTask;
    }
}
