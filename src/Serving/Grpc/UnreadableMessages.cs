using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace TensorGraph.Serving;

/// <summary>
/// Gives requests that are no message of their type a status of their own. Calls of ours answer each exception themselves, so what the framework
/// calls unknown comes from the parser, which runs before them.
/// </summary>
internal static class UnreadableMessages
{
    private const string StatusHeader = "grpc-status", TextHeader = "grpc-message";

    private static readonly string s_unknown = Number(StatusCode.Unknown), s_invalid = Number(StatusCode.InvalidArgument);

    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        Change(context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers);
        if (!context.Response.HasStarted)
            Change(context.Response.Headers);
    }

    private static void Change(IHeaderDictionary? headers)
    {
        if (headers is not { IsReadOnly: false } || headers[StatusHeader].ToString() != s_unknown
            || headers[TextHeader].ToString() is not { } text || !Uri.UnescapeDataString(text).StartsWith("Exception was thrown by handler", StringComparison.Ordinal))
        {
            return;
        }

        headers[StatusHeader] = s_invalid;
        headers[TextHeader] = "The request is no message of its type.";
    }

    private static string Number(StatusCode status) => ((int)status).ToString(CultureInfo.InvariantCulture);
}
