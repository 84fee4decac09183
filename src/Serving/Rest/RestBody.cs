using System.Text;
using Microsoft.AspNetCore.Http;

namespace TensorGraph.Serving;

/// <summary>Bodies of requests and replies.</summary>
internal static class RestBody
{
    /// <summary>All bytes of a body. The server has a limit for them.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        // What a client says about the length is no reason to take that much memory before it comes.
        const long MostAtOnce = 1 << 20;
        using var body = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, MostAtOnce));
        try
        {
            await context.Request.Body.CopyToAsync(body, cancellation).ConfigureAwait(false);
        }
        catch (InvalidOperationException fault)
        {
            // A damaged body that says it is Brotli.
            throw new InvalidDataException(fault.Message, fault);
        }

        return body.ToArray();
    }

    /// <summary>Sends JSON.</summary>
    public static Task WriteAsync(HttpContext context, int code, string json) => WriteAsync(context, code, json, "application/json");

    /// <summary>Sends text.</summary>
    public static async Task WriteAsync(HttpContext context, int code, string text, string type)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);
    }
}
