using System.Net;
using System.Text;
using System.Xml;

namespace TensorGraph.Staleness.Experiments;

/// <summary>Text in XML and HTML.</summary>
internal static class XmlText
{
    /// <summary>The text with signs of the language as references; what XML can't have, such as control characters, is U+FFFD.</summary>
    public static string Encode(string text)
    {
        var allowed = new StringBuilder(text.Length);
        // Half a surrogate pair is read as U+FFFD already.
        foreach (var rune in text.EnumerateRunes())
            allowed.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar.ToString() : rune.ToString());
        return WebUtility.HtmlEncode(allowed.ToString());
    }
}
