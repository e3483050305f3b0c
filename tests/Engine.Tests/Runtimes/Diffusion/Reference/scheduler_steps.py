"""Makes scheduler-steps.json: what each scheduler does step by step, computed apart from the code under test.

Usage: python3 scheduler_steps.py > scheduler-steps.json

Written from the papers, each formula in the paper's own form and in f64; standard library only.
DDIM: Song, Meng, Ermon 2021, equation 12. PLMS: Liu et al. 2022, equations 11 and 12. Euler: Karras et al. 2022,
algorithm 2 without churn, and equation 5 for the noise levels. Ancestral: Song et al. 2021, appendix F.
DPM-Solver++ (2M): Lu et al. 2022, algorithm 2. LCM: Luo et al. 2023, algorithm 3.
Spacings: Lin et al. 2024, table 2. Velocity: Salimans and Ho 2022, appendix D.

The UNet is the made-up function of unet() below, the noise that of noise(); the tests have the same two.
"""
import json
import math

SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False}
LATENT = [0.9, -1.7, 0.03, 0.4]


def unet(scaled, timestep):
    return [0.8 * math.sin(0.7 * x + timestep / 300 + i) for i, x in enumerate(scaled)]


def noise(step):
    return [1.2 * math.sin(1.7 * step + 0.9 * i + 0.3) for i in range(len(LATENT))]


def kept_signal(config):
    """Alpha bar: the running product of 1 - beta."""
    count = config.get("num_train_timesteps", 1000)
    start, end = config.get("beta_start", 0.0001), config.get("beta_end", 0.02)
    shape = config.get("beta_schedule", "linear")
    if "trained_betas" in config:
        betas = config["trained_betas"]
    elif shape == "linear":
        betas = [start + t * (end - start) / (count - 1) for t in range(count)]
    elif shape == "scaled_linear":
        betas = [(start ** 0.5 + t * (end ** 0.5 - start ** 0.5) / (count - 1)) ** 2 for t in range(count)]
    else:
        def bar(x):
            return math.cos((x + 0.008) / 1.008 * math.pi / 2) ** 2
        betas = [min(1 - bar((t + 1) / count) / bar(t / count), 0.999) for t in range(count)]
    bars, product = [], 1.0
    for beta in betas:
        product *= 1 - beta
        bars.append(product)
    if config.get("rescale_betas_zero_snr"):
        roots = [math.sqrt(bar) for bar in bars]
        bars = [max(2 ** -24, ((root - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2) for root in roots]
    return bars


def spaced(config, default, last, steps, whole=True, besides=0):
    """Falling timesteps."""
    spacing = config.get("timestep_spacing", default)
    if spacing == "leading":
        stride = last // (steps + besides)
        rising = [k * stride + config.get("steps_offset", 0) for k in range(steps + besides)]
    elif spacing == "trailing":
        return [float(round(last - k * last / steps) - 1) for k in range(steps)]
    else:
        count = steps + besides
        rising = [0.0] if count == 1 else [(last - 1) * k / (count - 1) for k in range(count)]
        rising = [round(t) for t in rising] if whole else rising
    return [float(t) for t in rising[::-1][:steps]]


def split(config, output, x, bar):
    """The picture and the noise that an output stands for, x being sqrt(bar) picture + sqrt(1 - bar) noise."""
    a, s = math.sqrt(bar), math.sqrt(1 - bar)
    kind = config.get("prediction_type", "epsilon")
    if kind == "epsilon":
        return [(xi - s * o) / a for xi, o in zip(x, output)], list(output)
    if kind == "v_prediction":
        return ([a * xi - s * o for xi, o in zip(x, output)], [s * xi + a * o for xi, o in zip(x, output)])
    return list(output), [(xi - a * o) / s for xi, o in zip(x, output)]


def ends(config, timesteps, default_one):
    bars = kept_signal(config)
    return [bars[int(t)] for t in timesteps] + [1.0 if config.get("set_alpha_to_one", default_one) else bars[0]]


def ddim(config, steps):
    timesteps = spaced(config, "leading", len(kept_signal(config)), steps)
    bars, x, rows = ends(config, timesteps, True), LATENT, []
    for k, t in enumerate(timesteps):
        picture, eps = split(config, unet(x, t), x, bars[k])
        if config.get("clip_sample", True):
            limit = config.get("clip_sample_range", 1.0)
            picture = [min(limit, max(-limit, p)) for p in picture]
        x = [math.sqrt(bars[k + 1]) * p + math.sqrt(1 - bars[k + 1]) * e for p, e in zip(picture, eps)]
        rows.append(x)
    return timesteps, 1.0, [1.0] * steps, rows


def plms(config, steps):
    def phi(x, e, bar, to):
        scale = math.sqrt(bar) * (math.sqrt((1 - to) * bar) + math.sqrt((1 - bar) * to))
        return [math.sqrt(to / bar) * xi - (to - bar) / scale * ei for xi, ei in zip(x, e)]

    visited = spaced(config, "leading", len(kept_signal(config)), steps)
    bars, x, rows, seen = ends(config, visited, False), LATENT, [], []
    timesteps = [visited[0]]
    for k, t in enumerate(visited):
        e = split(config, unet(x, t), x, bars[k])[1]
        seen = [e] + seen
        if k == 0:
            rough = phi(x, e, bars[0], bars[1])
            rows.append(rough)
            if steps == 1:
                break
            timesteps.append(visited[1])
            far = split(config, unet(rough, visited[1]), rough, bars[1])[1]
            x = phi(x, [(a + b) / 2 for a, b in zip(e, far)], bars[0], bars[1])
        else:
            timesteps.append(t)
            w = [[3, -1], [23, -16, 5], [55, -59, 37, -9]][min(k, 3) - 1]
            e = [sum(wi * old[i] for wi, old in zip(w, seen)) / sum(w) for i in range(len(x))]
            x = phi(x, e, bars[k], bars[k + 1])
        rows.append(x)
    timesteps = [visited[0]] + visited[1:2] + visited[1:]
    return timesteps, 1.0, [1.0] * len(timesteps), rows


def levels(most, least, steps):
    """Karras et al., equation 5, rho 7."""
    return [(most ** (1 / 7) + (k / (steps - 1) if steps > 1 else 0) * (least ** (1 / 7) - most ** (1 / 7))) ** 7
            for k in range(steps)]


def place(table, value):
    """Where a rising table has a value, between whole indices."""
    if value <= table[0]:
        return 0.0
    for right in range(1, len(table)):
        if value <= table[right]:
            return right - 1 + (value - table[right - 1]) / (table[right] - table[right - 1])
    return float(len(table) - 1)


def euler_plan(config, steps):
    table = [math.sqrt((1 - bar) / bar) for bar in kept_signal(config)]
    timesteps = spaced(config, "linspace", len(table), steps, whole=False)
    sigmas = []
    for t in timesteps:
        left = min(int(t), len(table) - 2)
        sigmas.append(table[left] + (t - left) * (table[left + 1] - table[left]))
    if config.get("use_karras_sigmas"):
        sigmas = levels(sigmas[0], sigmas[-1], steps)
        logs = [math.log(sigma) for sigma in table]
        timesteps = [place(logs, math.log(sigma)) for sigma in sigmas]
    start = math.hypot(sigmas[0], 1) if config.get("timestep_spacing", "linspace") == "leading" else sigmas[0]
    last = table[0] if config.get("final_sigmas_type") == "sigma_min" else 0.0
    return timesteps, sigmas + [last], start


def euler(config, steps, ancestral=False):
    timesteps, sigmas, start = euler_plan(config, steps)
    x, rows, scales = [start * value for value in LATENT], [], []
    for k, t in enumerate(timesteps):
        sigma, to = sigmas[k], sigmas[k + 1]
        scales.append(1 / math.hypot(sigma, 1))
        even = [xi * scales[-1] for xi in x]
        picture = split(config, unet(even, t), even, 1 / (sigma * sigma + 1))[0]
        slope = [(xi - p) / sigma for xi, p in zip(x, picture)]
        up = math.sqrt(to ** 2 * (sigma ** 2 - to ** 2) / sigma ** 2) if ancestral else 0.0
        down = math.sqrt(to ** 2 - up ** 2)
        x = [xi + (down - sigma) * d + up * n for xi, d, n in zip(x, slope, noise(k))]
        rows.append(x)
    return timesteps, start, scales, rows


def dpm(config, steps):
    table = [math.sqrt((1 - bar) / bar) for bar in kept_signal(config)]
    last = sum(1 for sigma in table if -math.log(sigma) >= config.get("lambda_min_clipped", -math.inf))
    timesteps = spaced(config, "linspace", last, steps, besides=1)
    sigmas = [table[int(t)] for t in timesteps]
    if config.get("use_karras_sigmas"):
        sigmas = levels(table[-1], table[0], steps)
        logs = [math.log(sigma) for sigma in table]
        timesteps = [float(round(place(logs, math.log(sigma)))) for sigma in sigmas]
    to_least = config.get("final_sigmas_type") == "sigma_min"
    sigmas.append(table[0] if to_least else 0.0)
    x, rows, before, before_lambda = LATENT, [], None, None
    for k, t in enumerate(timesteps):
        alpha = [1 / math.hypot(sigma, 1) for sigma in sigmas[k:k + 2]]
        spread = [sigma * a for sigma, a in zip(sigmas[k:k + 2], alpha)]
        lam = math.log(alpha[0] / spread[0])
        h = math.log(alpha[1] / spread[1]) - lam if spread[1] > 0 else math.inf
        picture = split(config, unet(x, t), x, alpha[0] ** 2)[0]
        first = k == 0 or config.get("solver_order", 2) == 1 or k == steps - 1 and (
            not to_least or config.get("euler_at_final") or config.get("lower_order_final", True) and steps < 15)
        if first:
            x = [spread[1] / spread[0] * xi - alpha[1] * math.expm1(-h) * p for xi, p in zip(x, picture)]
        else:
            r = (lam - before_lambda) / h
            slopes = [(p - q) / r for p, q in zip(picture, before)]
            if config.get("solver_type", "midpoint") == "midpoint":
                part = -0.5 * alpha[1] * math.expm1(-h)
            else:
                part = alpha[1] * (math.expm1(-h) / h + 1)
            x = [spread[1] / spread[0] * xi - alpha[1] * math.expm1(-h) * p + part * d
                 for xi, p, d in zip(x, picture, slopes)]
        before, before_lambda = picture, lam
        rows.append(x)
    return timesteps, 1.0, [1.0] * steps, rows


def lcm(config, steps):
    bars = kept_signal({**{k: v for k, v in SD.items() if k != "clip_sample"}, **config})
    original = config.get("original_inference_steps", 50)
    distilled = [(j + 1) * (len(bars) // original) - 1 for j in range(original)][::-1]
    timesteps = [float(distilled[math.floor(k * original / steps)]) for k in range(steps)]
    x, rows = LATENT, []
    for k, t in enumerate(timesteps):
        bar = bars[int(t)]
        picture = split(config, unet(x, t), x, bar)[0]
        if config.get("clip_sample"):
            limit = config.get("clip_sample_range", 1.0)
            picture = [min(limit, max(-limit, p)) for p in picture]
        s = t * config.get("timestep_scaling", 10.0)
        skip, out = 0.25 / (s * s + 0.25), s / math.sqrt(s * s + 0.25)
        x = [out * p + skip * xi for p, xi in zip(picture, x)]
        if k < steps - 1:
            to = bars[int(timesteps[k + 1])]
            x = [math.sqrt(to) * xi + math.sqrt(1 - to) * n for xi, n in zip(x, noise(k))]
        rows.append(x)
    return timesteps, 1.0, [1.0] * steps, rows


CLASSES = {
    "DDIMScheduler": ddim,
    "PNDMScheduler": plms,
    "EulerDiscreteScheduler": euler,
    "EulerAncestralDiscreteScheduler": lambda config, steps: euler(config, steps, ancestral=True),
    "DPMSolverMultistepScheduler": dpm,
    "LCMScheduler": lcm,
}
V, P = {"prediction_type": "v_prediction"}, {"prediction_type": "sample"}
LEAD, TRAIL, LIN = ({"timestep_spacing": word} for word in ("leading", "trailing", "linspace"))
ONE = {"steps_offset": 1}
SKIP = {"skip_prk_steps": True}
KARRAS, LEAST = {"use_karras_sigmas": True}, {"final_sigmas_type": "sigma_min"}
SHORT = {"num_train_timesteps": 12, "trained_betas": [0.01 * (t + 1) for t in range(12)]}


def cases():
    d, p, e, a, m, l = CLASSES
    for steps in (1, 2, 7, 20):
        yield d, {**SD, **ONE, "set_alpha_to_one": False}, steps
        yield p, {**SD, **SKIP, **ONE}, steps
        yield e, {**SD, **LEAD, **ONE}, steps
        yield a, {**SD, **TRAIL}, steps
        yield m, {**SD}, steps
        yield l, {**SD}, steps
    for kind in (V, P):
        yield d, {**SD, **kind}, 7
        yield p, {**SD, **SKIP, **kind}, 7
        yield e, {**SD, **kind}, 7
        yield a, {**SD, **kind}, 7
        yield m, {**SD, **kind}, 7
        yield l, {**SD, **kind}, 4
    for space in (LEAD, TRAIL, LIN):
        yield d, {**SD, **space}, 30
        yield p, {**SD, **SKIP, **space}, 30
        yield e, {**SD, **space}, 30
        yield a, {**SD, **space}, 3
        yield m, {**SD, **space, **ONE}, 14
    yield d, {}, 5  # the class's own values: linear betas, clipped
    yield d, {"clip_sample_range": 0.5, "beta_schedule": "squaredcos_cap_v2"}, 5
    yield d, {**SHORT, "clip_sample": False}, 12
    yield d, {**SD, **V, **TRAIL, "rescale_betas_zero_snr": True}, 5
    yield p, {**SKIP, "beta_schedule": "squaredcos_cap_v2", "set_alpha_to_one": True}, 6
    yield e, {}, 5
    yield e, {**SD, **KARRAS}, 8
    yield e, {**SD, **KARRAS, **LEAD, **ONE}, 1
    yield e, {**SD, **LEAST}, 8
    yield e, {**SD, **V, **TRAIL, "rescale_betas_zero_snr": True}, 5
    yield a, {**SD, **KARRAS}, 8
    yield m, {}, 5
    yield m, {**SD, **KARRAS}, 8
    yield m, {**SD, **KARRAS, **LEAST}, 20
    yield m, {**SD, **LEAST, "euler_at_final": True}, 20
    yield m, {**SD, **LEAST, "lower_order_final": False}, 6
    yield m, {**SD, "solver_type": "heun"}, 20
    yield m, {**SD, "solver_order": 1}, 6
    yield m, {"beta_schedule": "squaredcos_cap_v2", "lambda_min_clipped": -5.1}, 10
    yield l, {"original_inference_steps": 20, "timestep_scaling": 1.0}, 3
    yield l, {**V, "original_inference_steps": 20, "timestep_scaling": 0.002}, 3  # where the latent itself counts
    yield l, {"clip_sample": True, "clip_sample_range": 0.4, "timestep_scaling": 0.002}, 8


def main():
    rows = []
    for name, config, steps in cases():
        timesteps, start, scales, latents = CLASSES[name](config, steps)
        rows.append(json.dumps({
            "config": {"_class_name": name, **config}, "steps": steps, "init_sigma": round(start, 9),
            "timesteps": [round(t, 6) for t in timesteps], "scales": [round(s, 9) for s in scales],
            "latents": [[round(value, 7) for value in x] for x in latents],
        }))
    print('{\n"made by": "scheduler_steps.py",\n"rows": [')
    print(",\n".join(rows))
    print("]\n}")


if __name__ == "__main__":
    main()
