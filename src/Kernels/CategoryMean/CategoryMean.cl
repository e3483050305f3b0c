// CategoryMean: score[b] = dot(query[b], mean[category[b]]), which is the mean cosine of query b to all rows of its
// category (CpuCategoryMean.cs says why).
//
// Shapes   queries [B, D] f32; categories [B] i32; means [C, D] f32; counts [C] i32; scores [B] f32. One group a query.
// Traffic  reads 2*B*D*4 B, writes B*4 B.
// Work     2*B*D flop: 0.25 flop/B. A launch costs more than the work: it is here so that embeddings that are on the
//          device need not travel.
// Compiled with GROUP_ITEMS, a power of 2.
// Local    512 B.
// Error    |score - exact| <= (D / 128 + 9) * 2^-24 * sum|q*m|: each work-item sums D / 128 values, a tree the rest.
KERNEL GROUP(GROUP_ITEMS, 1, 1) void category_mean(
    GLOBAL const float* queries, GLOBAL const int* categories, GLOBAL const float* means, GLOBAL const int* counts,
    int width, int category_count, GLOBAL float* scores)
{
    LOCAL float sums[GROUP_ITEMS];
    int item = LOCAL_X;
    int category = categories[GROUP_X];
    int known = category >= 0 && category < category_count && counts[category] > 0;
    float sum = 0;
    for (int d = item; known && d < width; d += GROUP_ITEMS)
    {
        sum = FMA(queries[(long)GROUP_X * width + d], means[(long)category * width + d], sum);
    }

    sums[item] = sum;
    BARRIER_LOCAL;
    for (int reach = GROUP_ITEMS / 2; reach > 0; reach /= 2)
    {
        if (item < reach)
        {
            sums[item] += sums[item + reach];
        }

        BARRIER_LOCAL;
    }

    if (item == 0)
    {
        scores[GROUP_X] = known && IS_FINITE(sums[0]) ? sums[0] : NAN;
    }
}
