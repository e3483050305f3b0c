namespace Engine.Runtimes.Sam;

/// <summary>How a SAM export names and shapes its parts (docs/spec/annotators.md).</summary>
public enum SamLayout
{
    /// <summary>Told from the decoder's input names.</summary>
    Auto,

    /// <summary>SAM 2: point_coords and high_res_feats_*; the picture is stretched to the frame.</summary>
    Sam2,

    /// <summary>SAM's own decoder export: point_coords and orig_im_size; the picture is padded; four masks, of
    /// which the first answers single-mask use.</summary>
    Sam,

    /// <summary>The export of optimum and transformers.js: input_points and input_labels, for SAM and SAM 2.</summary>
    Optimum,
}
