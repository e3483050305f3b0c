using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Tests.Runtimes.Diffusion.Text;

public sealed class TextEncoderTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("""{"use_attention_mask": true}""", new double[] { 1, 1, 1, 1, 0, 0, 0, 0 })]
    [InlineData("""{"use_attention_mask": false}""", new double[] { 1, 1, 1, 1, 1, 1, 1, 1 })]
    [InlineData("{}", new double[] { 1, 1, 1, 1, 1, 1, 1, 1 })]
    public async Task Mask_covers_the_text_only_where_the_model_was_trained_so(string config, double[] expected)
    {
        TinyOnnx echo = new TinyOnnx()
            .Input("input_ids", [-1, 8], TinyOnnx.Int64).Input("attention_mask", [-1, 8], TinyOnnx.Int64)
            .Constant("last", [1], 2L).Node("Cast", ["attention_mask"], ["f"], ("to", 1L))
            .Node("Unsqueeze", ["f", "last"], ["last_hidden_state"]).Output("last_hidden_state", [-1, 8, 1]);
        using TextEncoder encoder = Load(echo, config);

        TextEncoding encoding = await encoder.EncodeAsync("ab", TestContext.Current.CancellationToken);

        Assert.Equal((8, 1), (encoding.Tokens, encoding.Width));
        Assert.Equal(expected, encoding.Hidden.Select(value => (double)value));
    }

    [Theory]
    [InlineData(8, "{}", 6)]                                  // the graph says 8, and the tokenizer
    [InlineData(-1, """{"max_position_embeddings": 5}""", 3)] // config.json says less than the tokenizer
    [InlineData(-1, "{}", 6)]                                 // the tokenizer alone
    public void Context_is_what_graph_config_and_tokenizer_agree_on(long declared, string config, int expected)
    {
        TinyOnnx graph = new TinyOnnx().Input("input_ids", [-1, declared], TinyOnnx.Int64)
            .Node("Cast", ["input_ids"], ["last_hidden_state"], ("to", 1L)).Output("last_hidden_state", [-1, -1]);
        using TextEncoder encoder = Load(graph, config);

        Assert.Equal(expected, encoder.TokensMax);
    }

    private TextEncoder Load(TinyOnnx graph, string config)
    {
        _model.Model("text_encoder", graph).Json("text_encoder/config.json", config);
        return TextEncoder.Load(
            DiffusionFolder.Open(_model.Path), "text_encoder", penultimate: false, pooled: false,
            new OnnxOptions { ThreadsMax = 1 });
    }
}
