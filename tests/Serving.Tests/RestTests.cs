using System.Text.Json;

namespace TensorGraph.Tests;

/// <summary>The REST interface: its paths, its bodies, its numbers.</summary>
public sealed class RestTests : ServingTest
{
    private const string Predict = "v1/models/half_plus_two:predict";

    [Theory]
    [InlineData("GET", "/v1/foo", 400, "Malformed request: GET /v1/foo")]
    [InlineData("GET", "/v1/models", 400, "Missing model name in request.")]
    [InlineData("GET", "/v1/models/half_plus_two/foo", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two:predict", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two/version/50", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two/versions/HELLO", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two/label/x", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two/versions/1/labels/x", 400, "Malformed request")]
    [InlineData("GET", "/v1/models/half_plus_two/versions/99999999999999999999", 400, "Failed to convert version")]
    [InlineData("POST", "/v1/models/half_plus_two/metadata", 400, "Malformed request")]
    [InlineData("POST", "/v1/models/half_plus_two:Predict", 400, "Malformed request")]
    [InlineData("PUT", "/v1/models/half_plus_two:predict", 400, "Malformed request: PUT")]
    [InlineData("GET", "/v1/models/none", 404, "Could not find any versions of model none")]
    [InlineData("GET", "/v1/models/half_plus_two/versions/7", 404, "Could not find version 7 of model half_plus_two")]
    [InlineData("GET", "/v1/models/none/metadata", 404, "Servable not found for request: Latest(none)")]
    [InlineData("POST", "/v1/models/half_plus_two/versions/7:predict", 404, "Servable not found for request: Specific(half_plus_two, 7)")]
    [InlineData("POST", "/v1/models/half_plus_two/labels/x:predict", 400, "Unrecognized servable version label: x")]
    [InlineData("GET", "/v2x", 404, "")]
    [InlineData("GET", "/V1/Models/half_plus_two", 200, "AVAILABLE")]
    [InlineData("GET", "/v1/models/half%5Fplus_two/labels/x", 200, "AVAILABLE")]
    [InlineData("GET", "/healthz", 200, "ok")]
    [InlineData("GET", "/readyz", 200, "ready")]
    public async Task Paths_have_the_documented_codes(string method, string path, int code, string text)
    {
        var server = await StartHalfPlusTwoAsync();
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        using var request = new HttpRequestMessage(new(method), path);
        if (method is "POST" or "PUT")
            request.Content = new StringContent("""{"instances": [1]}""");
        var reply = await client.SendAsync(request);
        string body = await reply.Content.ReadAsStringAsync();
        Assert.Equal(code, (int)reply.StatusCode);
        Assert.Contains(text, body, StringComparison.Ordinal);
        if (code == 400)
            Assert.Equal("error", JsonDocument.Parse(body).RootElement.EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task Status_and_metadata_have_the_documented_form()
    {
        var server = await StartHalfPlusTwoAsync();
        Assert.Equal(
            """{"model_version_status":[{"version":"123","state":"AVAILABLE","status":{"error_code":"OK","error_message":""}}]}""",
            Compact((await GetAsync(server, "v1/models/half_plus_two")).Body));
        var metadata = JsonDocument.Parse((await GetAsync(server, "v1/models/half_plus_two/metadata")).Body).RootElement;
        Assert.Equal("""{"name":"half_plus_two","version":"123","signature_name":""}""", JsonSerializer.Serialize(metadata.GetProperty("model_spec")));
        var signature = metadata.GetProperty("metadata").GetProperty("signature_def").GetProperty("signature_def").GetProperty("serving_default");
        Assert.Equal("tensorflow/serving/predict", signature.GetProperty("method_name").GetString());
        Assert.Equal(
            """{"name":"serving_default_x:0","dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""}],"unknown_rank":false}}""",
            JsonSerializer.Serialize(signature.GetProperty("inputs").GetProperty("x")));
        Assert.Equal("{}", JsonSerializer.Serialize(signature.GetProperty("defaults")));
    }

    [Theory]
    [InlineData("", "JSON Parse error: The document is empty")]
    [InlineData("{", "JSON Parse error")]
    [InlineData("""{"instances": [1.0,]}""", "JSON Parse error")]
    [InlineData("""{"instances": [01]}""", "JSON Parse error")]
    [InlineData("""{"instances": ["\ud800"]}""", "JSON")]
    [InlineData("[]", "Type: Array is not of expected type: Object")]
    [InlineData("{}", "Missing 'inputs' or 'instances' key")]
    [InlineData("""{"instances": [1], "inputs": [1]}""", "Not formatted correctly expecting only one of")]
    [InlineData("""{"instances": 1}""", "'instances'")]
    [InlineData("""{"instances": []}""", "empty")]
    [InlineData("""{"signature_name": 5, "instances": [1]}""", "'signature_name' key must be a string value.")]
    [InlineData("""{"signature_name": "x", "instances": [1]}""", "Serving signature name: \"x\" not found in signature def")]
    [InlineData("""{"instances": ["x"]}""", "Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: \"x\" Type: String is not of expected type: float")]
    [InlineData("""{"instances": [1, [2]]}""", "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: Expecting shape [] but got [1]")]
    [InlineData("""{"instances": [{"z": 1}]}""", "keys must be equal to: x")]
    [InlineData("""{"instances": [{"x": 1}, 2]}""", "is not of expected type")]
    [InlineData("""{"inputs": {"z": 1}}""", "Missing named input: x in 'inputs' object.")]
    [InlineData("""{"inputs": 1}""", "input 'x' must have shape [?], got []")]
    [InlineData("""{"inputs": [[1, 2], [3]]}""", "input 'x' must have shape [?], got [2,2]")]
    [InlineData("""{"signature_name": "regress_x_to_y", "inputs": [[1], [3, 4]]}""", "Encountered list at unexpected size: 2")]
    public async Task Wrong_bodies_are_explained(string body, string text)
    {
        var server = await StartHalfPlusTwoAsync();
        var (code, reply) = await PostAsync(server, Predict, body);
        Assert.Equal(400, code);
        Assert.Contains(text, JsonDocument.Parse(reply).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_overflows_nothing()
    {
        var server = await StartHalfPlusTwoAsync();
        string deep = new('[', 500_000);
        Assert.Equal(400, (await PostAsync(server, Predict, $"{{\"instances\": {deep}")).Code);
        Assert.Equal(400, (await PostAsync(server, Predict, $"{{\"instances\": {deep}{new string(']', 500_000)}}}")).Code);
    }

    [Theory]
    [InlineData("9000000", "9e+06")]
    [InlineData("999999", "999999.0")]
    [InlineData("0.5", "0.5")]
    [InlineData("0.0003", "0.0003")]
    [InlineData("0.00003", "3e-05")]
    [InlineData("555557.5", "555557.5")]
    [InlineData("NaN", "NaN")]
    [InlineData("-Infinity", "-Infinity")]
    [InlineData("1e999", "Infinity")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("16777216", "16777216.0")]
    public async Task Numbers_have_the_documented_form(string number, string written)
    {
        SaveEcho();
        var server = await StartAsync(OptionsFor(At("echo"), "echo"));
        var (code, body) = await PostAsync(server, "v1/models/echo:predict", $"{{\"signature_name\": \"floats\", \"instances\": [{number}]}} and more");
        Assert.Equal(200, code);
        Assert.Contains($"\"predictions\": [{written}]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_is_text_or_bytes()
    {
        SaveEcho();
        var server = await StartAsync(OptionsFor(At("echo"), "echo"));
        const string Path = "v1/models/echo:predict";
        Assert.Equal("""{"predictions":["a","\u00E9\u0022"]}""", Compact((await PostAsync(server, Path, """{"instances": ["a", {"b64": "w6ki"}]}""")).Body));
        Assert.Equal("""{"predictions":[{"b64":"w6k="}]}""", Compact((await PostAsync(server, Path, """{"signature_name": "bytes", "instances": ["\u00e9"]}""")).Body));
        Assert.Contains("not UTF-8", (await PostAsync(server, Path, """{"instances": [{"b64": "/w=="}]}""")).Body, StringComparison.Ordinal);
        Assert.Contains("base64", (await PostAsync(server, Path, """{"instances": [{"b64": "?"}]}""")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_inputs_and_outputs_are_objects_by_alias()
    {
        SavedModel.Save(At("two", "1"), [new("serving_default", GraphFunction.Of(Programs.Two).GetConcreteFunction(TensorSpec.Parse("f32[n, 2]"), TensorSpec.Parse("i32[n]")))
        {
            Outputs = ["scaled", "counts"],
        }]);
        var server = await StartAsync(OptionsFor(At("two"), "two"));
        const string Path = "v1/models/two:predict";
        Assert.Equal(
            """{"predictions":[{"scaled":[2.0,4.0],"counts":3},{"scaled":[9.0,12.0],"counts":4}]}""",
            Compact((await PostAsync(server, Path, """{"instances": [{"a": [1, 2], "b": 2}, {"b": 3, "a": [3, 4]}]}""")).Body));
        Assert.Equal(
            """{"outputs":{"scaled":[[2.0,4.0]],"counts":[3]}}""", Compact((await PostAsync(server, Path, """{"inputs": {"a": [[1, 2]], "b": [2], "c": 7}}""")).Body));
        Assert.Equal("""{"outputs":{"scaled":[],"counts":[]}}""", Compact((await PostAsync(server, Path, """{"inputs": {"a": [], "b": []}}""")).Body));
        foreach (var (body, text) in new[]
        {
            ("""{"instances": [[1, 2]]}""", "keys must be equal to: a,b"),
            ("""{"instances": [{"a": [1, 2], "b": 2.0}]}""", "Failed to process element: 0 key: b of 'instances' list. Error: INVALID_ARGUMENT: JSON Value: 2.0 Type: Number is not of expected type: int32"),
            ("""{"instances": [{"a": [1, 2], "b": 3000000000}]}""", "is not of expected type: int32"),
            ("""{"instances": [{"a": [1, 2, 3], "b": 2}]}""", "input 'a' must have shape [?,2], got [1,3]"),
            ("""{"inputs": {"a": [[1, 2]], "b": [2, 3]}}""", "size 'n'"),
            ("""{"inputs": [1]}""", "keys must be: a,b"),
        })
        {
            var (code, reply) = await PostAsync(server, Path, body);
            Assert.Equal(400, code);
            Assert.Contains(text, JsonDocument.Parse(reply).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Compressed_bodies_are_read_and_pages_may_call_when_allowed()
    {
        var server = await StartHalfPlusTwoAsync(options => options with { RestApiEnableCorsSupport = true });
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        using var stream = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
            zip.Write("""{"instances": [1]}"""u8);
        using var content = new ByteArrayContent(stream.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        var reply = await client.PostAsync(Predict, content);
        Assert.Equal("""{"predictions":[2.5]}""", Compact(await reply.Content.ReadAsStringAsync()));
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
        using var options = new HttpRequestMessage(HttpMethod.Options, Predict);
        Assert.Equal(400, (int)(await client.SendAsync(options)).StatusCode);
    }

    [Fact]
    public async Task Too_little_memory_and_an_assertion_are_no_faults_of_the_server()
    {
        ConcreteFunction Of(Delegate program) => GraphFunction.Of((Func<Tensor, Tensor>)program).GetConcreteFunction(TensorSpec.Parse("f32[n]"));
        SavedModel.Save(At("m", "1"), [new("serving_default", Of(Programs.Fourth)), new("positive", Of(Programs.Positive))]);
        var server = await StartAsync(OptionsFor(At("m"), "m"));
        var (code, body) = await PostAsync(server, "v1/models/m:predict", $"{{\"instances\": [{string.Join(',', Enumerable.Repeat('1', 3000))}]}}");
        Assert.Equal(429, code);
        Assert.Contains("There is not enough memory for this request.", body, StringComparison.Ordinal);
        (code, body) = await PostAsync(server, "v1/models/m:predict", """{"signature_name": "positive", "instances": [1, -2]}""");
        Assert.Equal(400, code);
        Assert.Contains("assertion failed: x is [1, -2]", body, StringComparison.Ordinal);
        Assert.Equal(200, (await PostAsync(server, "v1/models/m:predict", """{"signature_name": "positive", "instances": [1, 2]}""")).Code);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task A_damaged_compressed_body_is_refused(string encoding)
    {
        var server = await StartHalfPlusTwoAsync();
        using var client = new HttpClient { BaseAddress = server.RestAddress };
        byte[] json = System.Text.Encoding.UTF8.GetBytes("""{"instances": [1.0, 2.0, 5.0]}""");
        using var packed = new MemoryStream();
        using (Stream packing = encoding switch
        {
            "br" => new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
            "gzip" => new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
            _ => new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
        })
        {
            packing.Write(json);
        }

        async Task<int> Code(byte[] body)
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentEncoding.Add(encoding);
            return (int)(await client.PostAsync(Predict, content)).StatusCode;
        }

        Assert.Equal(200, await Code(packed.ToArray()));
        Assert.Equal(400, await Code([.. Enumerable.Repeat((byte)0xff, 40)]));
        Assert.Equal(400, await Code(packed.ToArray()[..(int)(packed.Length / 2)]));
    }

    [Fact]
    public async Task Empty_lists_have_the_sizes_of_the_type()
    {
        SavedModel.Save(At("echo", "1"), [new("serving_default", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("f32[n, m]"))) { Outputs = ["y"] }]);
        var server = await StartAsync(OptionsFor(At("echo"), "echo"));
        Assert.Equal("""{"predictions":[[],[]]}""", Compact((await PostAsync(server, "v1/models/echo:predict", """{"instances": [[], []]}""")).Body));
        Assert.Equal("""{"outputs":[[],[]]}""", Compact((await PostAsync(server, "v1/models/echo:predict", """{"inputs": [[], []]}""")).Body));
        Assert.Equal("""{"outputs":[]}""", Compact((await PostAsync(server, "v1/models/echo:predict", """{"inputs": []}""")).Body));
        Assert.Contains("Type: Null", (await PostAsync(server, "v1/models/echo:predict", """{"inputs": [[null]]}""")).Body, StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(server, "v1/models/echo:predict", """{"inputs": null}""")).Code);
        Assert.Equal(400, (await PostAsync(server, "v1/models/echo:predict", """{"instances": null}""")).Code);
    }

    private void SaveEcho() => SavedModel.Save(At("echo", "1"),
    [
        new("serving_default", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("string[n]"))),
        new("bytes", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("string[n]"))) { Outputs = ["y_bytes"] },
        new("floats", GraphFunction.Of(Programs.Echo).GetConcreteFunction(TensorSpec.Parse("f32[n]"))),
    ]);
}
