"use strict";
// Draws the scans that the page holds into its canvases. Loads nothing and writes no markup.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const NOTHING = -32768;
  const bytesOf = (text) => {
    const raw = atob(text), bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) bytes[i] = raw.charCodeAt(i);
    return bytes;
  };

  // ---- one scan: a net of feet on the reference, normals, deviations -------------------------
  const unpack = (told) => {
    const { columns, rows } = told, count = columns * rows;
    const { buffer } = bytesOf(told.data);
    const feet16 = new Int16Array(buffer, 0, 3 * count);
    const steps = new Int16Array(buffer, 6 * count, count);
    const turned = new Int8Array(buffer, 8 * count, 3 * count);
    const feet = new Float32Array(3 * count), out = new Float32Array(3 * count);
    const known = new Uint8Array(count), deviation = new Float32Array(count);
    for (let i = 0; i < 3 * count; i += 1) {
      feet[i] = feet16[i] * told.reach / 32767;
      out[i] = turned[i] / 127;
    }
    for (let i = 0; i < count; i += 1) {
      known[i] = steps[i] === NOTHING ? 0 : 1;
      deviation[i] = known[i] ? steps[i] * told.largest / 32767 : 0;
    }
    const corners = [];
    for (let row = 0; row + 1 < rows; row += 1) {
      for (let column = 0; column + 1 < columns; column += 1) {
        const a = row * columns + column, b = a + 1, d = a + columns, c = d + 1;
        if (known[a] && known[b] && known[c] && known[d]) corners.push(a, b, c, a, c, d);
      }
    }
    // What colours show, and what contours follow: without the grain they are lines.
    const calm = calmed(deviation, columns, rows), both = new Float32Array(2 * count);
    for (let i = 0; i < count; i += 1) { both[2 * i] = deviation[i]; both[2 * i + 1] = calm[i]; }
    const photo = told.coloured ? new Uint8Array(buffer, 11 * count, 3 * count) : null;
    return {
      ...told, count, feet, out, known, deviation, calm, both,
      corners: new Uint32Array(corners), photo, colours: bytesOf(told.table),
      places: new Float32Array(3 * count), normals: new Float32Array(3 * count), relief: NaN,
    };
  };

  // Light falls on the form, not on the grain of single points.
  const calmed = (deviation, columns, rows) => {
    const calm = new Float32Array(deviation.length);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        let sum = 0, count = 0;
        for (let r = Math.max(row - 1, 0); r <= Math.min(row + 1, rows - 1); r += 1) {
          for (let c = Math.max(column - 1, 0); c <= Math.min(column + 1, columns - 1); c += 1) {
            sum += deviation[r * columns + c];
            count += 1;
          }
        }
        calm[row * columns + column] = sum / count;
      }
    }
    return calm;
  };

  const raise = (scan, times) => {
    if (scan.relief === times) return false;
    const { columns, rows, feet, out, deviation, calm, places, normals } = scan;
    for (let i = 0; i < scan.count; i += 1) {
      for (let k = 0; k < 3; k += 1) places[3 * i + k] = feet[3 * i + k] + times * deviation[i] * out[3 * i + k];
    }
    const at = (i, k) => feet[3 * i + k] + times * calm[i] * out[3 * i + k];
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const i = row * columns + column;
        const west = column > 0 ? i - 1 : i, east = column + 1 < columns ? i + 1 : i;
        const south = row > 0 ? i - columns : i, north = row + 1 < rows ? i + columns : i;
        const ax = at(east, 0) - at(west, 0), ay = at(east, 1) - at(west, 1), az = at(east, 2) - at(west, 2);
        const bx = at(north, 0) - at(south, 0), by = at(north, 1) - at(south, 1), bz = at(north, 2) - at(south, 2);
        const x = ay * bz - az * by, y = az * bx - ax * bz, z = ax * by - ay * bx;
        const length = Math.hypot(x, y, z) || 1;
        normals[3 * i] = x / length; normals[3 * i + 1] = y / length; normals[3 * i + 2] = z / length;
      }
    }
    scan.relief = times;
    return true;
  };

  // Rows: to the right, upwards, towards the eye.
  const turnOf = (eye) => {
    const a = eye.azimuth * Math.PI / 180, e = eye.elevation * Math.PI / 180;
    const ca = Math.cos(a), sa = Math.sin(a), ce = Math.cos(e), se = Math.sin(e);
    return [ca, -sa, 0, se * sa, se * ca, ce, -ce * sa, -ce * ca, se];
  };
  const turned = (m, x, y, z) => [
    m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z,
  ];

  // ---- one WebGL context for all scans of the page; each is copied to its own canvas ---------
  const VERTEX = `#version 300 es
    in vec3 place; in vec3 normal; in vec2 deviation; in vec3 photo;
    uniform mat3 turn; uniform vec2 scale; uniform vec2 shift; uniform float depth;
    out vec3 facing; out vec2 off; out vec3 seen;
    void main() {
      vec3 p = turn * place;
      gl_Position = vec4(p.xy * scale + shift, -p.z * depth, 1.0);
      facing = turn * normal; off = deviation; seen = photo;
    }`;
  const FRAGMENT = `#version 300 es
    precision highp float;
    in vec3 facing; in vec2 off; in vec3 seen;
    uniform sampler2D table; uniform float limit; uniform float by_photo;
    out vec4 colour;
    void main() {
      vec3 n = normalize(facing);
      float side = n.z < 0.0 ? 0.72 : 1.0;
      n = n.z < 0.0 ? -n : n;
      vec3 light = normalize(vec3(-0.45, 0.35, 0.82));
      float shine = pow(max(dot(n, normalize(light + vec3(0.0, 0.0, 1.0))), 0.0), 40.0);
      float lit = side * (0.46 + 0.5 * max(dot(n, light), 0.0) + 0.06 * shine);
      vec3 own = texture(table, vec2(clamp(0.5 + 0.5 * off.x / limit, 0.002, 0.998), 0.5)).rgb;
      vec3 base = mix(own, seen, by_photo);
      float level = abs(off.y) / limit * 4.0, wide = fwidth(level);
      float line = smoothstep(0.4, 1.4, abs(fract(level - 0.5) - 0.5) / max(wide, 1e-6));
      float drawn = level > 0.5 && level < 4.5 ? 1.0 - clamp(wide * 2.5, 0.0, 1.0) : 0.0;
      colour = vec4(base * lit * mix(1.0, line, 0.5 * drawn), 1.0);
    }`;
  const painter = (() => {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: true });
    if (!gl) return null;
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) return null;
    const place = (name) => gl.getUniformLocation(program, name);
    const uniforms = Object.fromEntries(["turn", "scale", "shift", "depth", "limit", "by_photo"].map((x) => [x, place(x)]));
    const upload = (scan) => {
      const held = { net: gl.createVertexArray(), buffers: {} };
      gl.bindVertexArray(held.net);
      const give = (name, values, size, type, scaled) => {
        const at = gl.getAttribLocation(program, name);
        held.buffers[name] = gl.createBuffer();
        gl.bindBuffer(gl.ARRAY_BUFFER, held.buffers[name]);
        gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
        gl.enableVertexAttribArray(at);
        gl.vertexAttribPointer(at, size, type, scaled, 0, 0);
      };
      give("place", scan.places, 3, gl.FLOAT, false);
      give("normal", scan.normals, 3, gl.FLOAT, false);
      give("deviation", scan.both, 2, gl.FLOAT, false);
      if (scan.photo) give("photo", scan.photo, 3, gl.UNSIGNED_BYTE, true);
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, gl.createBuffer());
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, scan.corners, gl.STATIC_DRAW);
      held.texture = gl.createTexture();
      gl.bindTexture(gl.TEXTURE_2D, held.texture);
      gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB8, 256, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, scan.colours);
      for (const [name, value] of [["MIN_FILTER", "LINEAR"], ["MAG_FILTER", "LINEAR"], ["WRAP_S", "CLAMP_TO_EDGE"], ["WRAP_T", "CLAMP_TO_EDGE"]]) {
        gl.texParameteri(gl.TEXTURE_2D, gl[`TEXTURE_${name}`], gl[value]);
      }
      return held;
    };
    return (scan, eye, width, height, fresh) => {
      if (gl.isContextLost()) return null;
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      if (!scan.held) scan.held = upload(scan);
      else if (fresh) {
        for (const [name, values] of [["place", scan.places], ["normal", scan.normals]]) {
          gl.bindBuffer(gl.ARRAY_BUFFER, scan.held.buffers[name]);
          gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
        }
      }
      gl.viewport(0, 0, width, height);
      gl.clearColor(0, 0, 0, 0);
      gl.enable(gl.DEPTH_TEST);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.useProgram(program);
      gl.bindVertexArray(scan.held.net);
      gl.bindTexture(gl.TEXTURE_2D, scan.held.texture);
      gl.uniformMatrix3fv(uniforms.turn, true, eye.turn);
      gl.uniform2f(uniforms.scale, 2 * eye.scale / width, 2 * eye.scale / height);
      gl.uniform2f(uniforms.shift, 2 * eye.x / width - 1, 1 - 2 * eye.y / height);
      gl.uniform1f(uniforms.depth, 0.2 / scan.reach);
      gl.uniform1f(uniforms.limit, eye.limit);
      gl.uniform1f(uniforms.by_photo, eye.photo ? 1 : 0);
      gl.drawElements(gl.TRIANGLES, scan.corners.length, gl.UNSIGNED_INT, 0);
      return canvas;
    };
  })();

  // Without WebGL: each point as a square, the nearest in front.
  const dots = (scan, eye, width, height) => {
    const picture = new ImageData(width, height), front = new Float32Array(width * height).fill(-1e30);
    const pixels = new Uint32Array(picture.data.buffer), { places, normals, colours, photo } = scan;
    const size = Math.max(1, Math.min(8, Math.ceil(1.3 * eye.scale * scan.cell)));
    for (let i = 0; i < scan.count; i += 1) {
      if (!scan.known[i]) continue;
      const [x, y, z] = turned(eye.turn, places[3 * i], places[3 * i + 1], places[3 * i + 2]);
      let [nx, ny, nz] = turned(eye.turn, normals[3 * i], normals[3 * i + 1], normals[3 * i + 2]);
      let lit = 1;
      if (nz < 0) { nx = -nx; ny = -ny; nz = -nz; lit = 0.72; }
      lit *= 0.46 + 0.5 * Math.max(-0.45 * nx + 0.35 * ny + 0.82 * nz, 0);
      const step = 3 * Math.round(255 * Math.min(Math.max(0.5 + 0.5 * scan.deviation[i] / eye.limit, 0), 1));
      const from = eye.photo ? photo : colours, at = eye.photo ? 3 * i : step;
      const shade = (k) => Math.min(255, from[at + k] * lit) & 255;
      const colour = (255 << 24) | (shade(2) << 16) | (shade(1) << 8) | shade(0);
      const left = Math.round(eye.x + eye.scale * x - size / 2), top = Math.round(eye.y - eye.scale * y - size / 2);
      for (let row = Math.max(top, 0); row < Math.min(top + size, height); row += 1) {
        for (let column = Math.max(left, 0); column < Math.min(left + size, width); column += 1) {
          const place = row * width + column;
          if (z > front[place]) { front[place] = z; pixels[place] = colour; }
        }
      }
    }
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(picture, 0, 0);
    return canvas;
  };

  const told = (value) => {
    const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
    return String(Number(value.toFixed(Math.min(digits, 6)))).replace("-", "−");
  };

  // ---- one figure: its canvas, its controls ---------------------------------------------------
  const open = (figure) => {
    const scan = unpack(JSON.parse(document.getElementById(figure.dataset.scene).textContent));
    const canvas = figure.querySelector("canvas"), pen = canvas.getContext("2d");
    const control = (name) => figure.querySelector(`[data-control=${name}]`);
    const start = { azimuth: scan.azimuth, elevation: 42, zoom: 1, panX: 0, panY: 0, times: scan.times, limit: scan.limit };
    const eye = { ...start, photo: false, marks: true, spot: -1 };
    let fit = 1, lift = 0, waiting = false;

    const measure = () => {
      // Once, as it is first seen: turning does not make it breathe.
      raise(scan, scan.times);
      const m = turnOf(start), box = [1e30, -1e30, 1e30, -1e30];
      for (let i = 0; i < scan.count; i += 1) {
        if (!scan.known[i]) continue;
        const [x, y] = turned(m, scan.places[3 * i], scan.places[3 * i + 1], scan.places[3 * i + 2]);
        box[0] = Math.min(box[0], x); box[1] = Math.max(box[1], x);
        box[2] = Math.min(box[2], y); box[3] = Math.max(box[3], y);
      }
      if (box[1] < box[0]) box.splice(0, 4, -1, 1, -1, 1);
      return box;
    };
    const box = measure();

    const draw = () => {
      waiting = false;
      const sharp = Math.min(window.devicePixelRatio || 1, 2);
      const wide = canvas.clientWidth, high = canvas.clientHeight;
      if (!wide || !high) return;
      const width = Math.round(wide * sharp), height = Math.round(high * sharp);
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
      const right = wide > 420 ? 84 : 64;
      fit = Math.min((wide - right - 24) / (box[1] - box[0] || 1), (high - 56) / (box[3] - box[2] || 1));
      lift = (box[2] + box[3]) / 2;
      const fresh = raise(scan, eye.times);
      const scale = sharp * fit * eye.zoom;
      const seen = {
        ...eye, turn: turnOf(eye), scale,
        x: sharp * ((wide - right) / 2 + eye.panX) - scale * (box[0] + box[1]) / 2,
        y: sharp * (high / 2 + eye.panY) + scale * lift,
      };
      canvas.seen = seen;
      const drawn = (painter && painter(scan, seen, width, height, fresh)) || dots(scan, seen, width, height);
      figure.dataset.drawnBy = painter ? "webgl" : "canvas";
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, width, height);
      pen.drawImage(drawn, 0, 0);
      pen.setTransform(sharp, 0, 0, sharp, 0, 0);
      over(seen, sharp, wide, high);
    };
    const redraw = () => {
      if (!waiting) { waiting = true; requestAnimationFrame(draw); }
    };

    const place = (seen, sharp, x, y, z) => {
      const [px, py, pz] = turned(seen.turn, x, y, z);
      return [(seen.x + seen.scale * px) / sharp, (seen.y - seen.scale * py) / sharp, pz];
    };
    const over = (seen, sharp, wide, high) => {
      const style = getComputedStyle(figure), ink = style.color;
      const faint = style.getPropertyValue("--faint"), paper = style.getPropertyValue("--paper");
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      if (eye.marks) marks(seen, sharp, ink);
      axes(seen, high, ink);
      if (!eye.photo) scale(wide, high, ink, faint);
      if (eye.spot >= 0) {
        const i = 3 * eye.spot, [x, y] = place(seen, sharp, scan.places[i], scan.places[i + 1], scan.places[i + 2]);
        pen.beginPath();
        pen.arc(x, y, 4, 0, 7);
        pen.fillStyle = paper; pen.strokeStyle = ink; pen.lineWidth = 1.5;
        pen.fill(); pen.stroke();
      }
    };
    const marks = (seen, sharp, ink) => {
      pen.font = "700 12px system-ui, sans-serif";
      for (const mark of [...scan.marks].reverse()) {
        if (turned(seen.turn, ...mark.normal)[2] <= 0.05) continue;
        const height = eye.times * mark.deviation;
        const [x, y] = place(seen, sharp, ...mark.foot.map((value, k) => value + height * mark.normal[k]));
        const half = 5 + 4 * String(mark.number).length, top = y - 30;
        pen.strokeStyle = ink; pen.lineWidth = 1;
        pen.beginPath(); pen.moveTo(x, y); pen.lineTo(x, top); pen.stroke();
        pen.beginPath(); pen.roundRect(x - half, top - 9, 2 * half, 18, 4);
        pen.fillStyle = mark.ground; pen.fill(); pen.strokeStyle = "#1b2430"; pen.stroke();
        pen.fillStyle = mark.letters;
        pen.fillText(String(mark.number), x, top + 0.5);
      }
    };
    const axes = (seen, high, ink) => {
      pen.font = "italic 12px system-ui, sans-serif";
      pen.strokeStyle = ink; pen.fillStyle = ink; pen.lineWidth = 1.25;
      for (const [name, x, y, z] of [["u", 1, 0, 0], ["v", 0, 1, 0], ["w", 0, 0, 1]]) {
        const [dx, dy] = turned(seen.turn, x, y, z);
        pen.beginPath(); pen.moveTo(38, high - 36); pen.lineTo(38 + 24 * dx, high - 36 - 24 * dy); pen.stroke();
        pen.fillText(name, 38 + 34 * dx, high - 36 - 34 * dy);
      }
    };
    const scale = (wide, high, ink, faint) => {
      const top = 34, foot = high - 34, left = wide - 70, long = foot - top;
      for (let row = 0; row < long; row += 1) {
        const at = 3 * Math.round(255 * (1 - row / (long - 1)));
        pen.fillStyle = `rgb(${scan.colours[at]},${scan.colours[at + 1]},${scan.colours[at + 2]})`;
        pen.fillRect(left, top + row, 12, 1.5);
      }
      pen.font = "12px system-ui, sans-serif";
      pen.textAlign = "left";
      pen.fillStyle = faint;
      pen.fillText(scan.unit, left, top - 16);
      pen.fillStyle = ink;
      for (const share of [1, 0.5, 0, -0.5, -1]) {
        const value = share * eye.limit * scan.per_mm;
        const words = share === 0 ? "0" : `${share > 0 ? "+" : ""}${told(value)}`;
        pen.fillText(words, left + 17, top + long * (1 - share) / 2);
      }
    };

    // ---- what turns it ------------------------------------------------------------------------
    const turn = (right, up) => {
      eye.azimuth += right;
      eye.elevation = Math.min(Math.max(eye.elevation + up, -89), 90);
      redraw();
    };
    const zoom = (by) => { eye.zoom = Math.min(Math.max(eye.zoom * by, 0.3), 40); redraw(); };
    const fingers = new Map();
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      eye.spot = -1;
    });
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
    };
    canvas.addEventListener("pointermove", (event) => {
      const last = fingers.get(event.pointerId);
      if (!last) { point(event); return; }
      const dx = event.clientX - last[0], dy = event.clientY - last[1];
      const before = fingers.size > 1 ? spread() : 0;
      fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (fingers.size > 1) {
        eye.panX += dx / 2; eye.panY += dy / 2;
        zoom(spread() / before);
      } else if (event.shiftKey || event.buttons > 1) {
        eye.panX += dx; eye.panY += dy;
        redraw();
      } else turn(0.5 * dx, 0.5 * dy);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
    }
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => {
      // A page is scrolled past a scan; only one that was taken up is enlarged.
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.0015));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = {
        ArrowLeft: () => turn(-5, 0), ArrowRight: () => turn(5, 0), ArrowUp: () => turn(0, -5), ArrowDown: () => turn(0, 5),
        "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), Home: () => reset(),
      };
      const act = acts[event.key];
      if (act) { event.preventDefault(); act(); }
    });

    // ---- what lies under the pointer ------------------------------------------------------------
    let asked = null;
    const readout = figure.querySelector("output");
    const point = (event) => {
      if (asked) { asked = event; return; }
      asked = event;
      requestAnimationFrame(() => {
        const edge = canvas.getBoundingClientRect(), seen = canvas.seen;
        const sharp = canvas.width / edge.width;
        const x = (asked.clientX - edge.left) * sharp, y = (asked.clientY - edge.top) * sharp;
        asked = null;
        if (!seen) return;
        let best = -1, front = -1e30;
        const near = Math.max(4 * sharp, seen.scale * scan.cell) ** 2, m = seen.turn, p = scan.places;
        for (let i = 0; i < scan.count; i += 1) {
          if (!scan.known[i]) continue;
          const dx = seen.x + seen.scale * (m[0] * p[3 * i] + m[1] * p[3 * i + 1] + m[2] * p[3 * i + 2]) - x;
          if (dx * dx > near) continue;
          const dy = seen.y - seen.scale * (m[3] * p[3 * i] + m[4] * p[3 * i + 1] + m[5] * p[3 * i + 2]) - y;
          const away = dx * dx + dy * dy;
          if (away > near) continue;
          const z = m[6] * p[3 * i] + m[7] * p[3 * i + 1] + m[8] * p[3 * i + 2] - 0.2 * Math.sqrt(away) / seen.scale;
          if (z > front) { front = z; best = i; }
        }
        eye.spot = best;
        if (best < 0) readout.textContent = "";
        else {
          const u = scan.first[0] + scan.cell * (best % scan.columns), v = scan.first[1] + scan.cell * Math.floor(best / scan.columns);
          const value = scan.deviation[best] * scan.per_mm;
          readout.textContent = `u ${told(u)} · v ${told(v)} mm · w ${value > 0 ? "+" : ""}${told(value)} ${scan.unit}`;
        }
        redraw();
      });
    };
    canvas.addEventListener("pointerleave", () => { eye.spot = -1; readout.textContent = ""; redraw(); });

    // ---- controls ---------------------------------------------------------------------------------
    const range = (name, low, high, apply, words) => {
      const box = control(name), text = box.parentElement.querySelector("b");
      const span = Math.log(high / low) || 1;
      const show = (value) => {
        box.value = String(Math.round(1000 * Math.log(value / low) / span));
        text.textContent = words(value);
      };
      box.addEventListener("input", () => {
        const exact = low * Math.exp(span * box.value / 1000), value = Number(exact.toPrecision(2));
        apply(value);
        text.textContent = words(value);
        redraw();
      });
      return show;
    };
    const showTimes = range("times", 1, Math.max(20 * scan.times, 20), (value) => { eye.times = value; }, (x) => `${told(x)}×`);
    const showLimit = range("limit", scan.limit / 20, 4 * scan.limit, (value) => { eye.limit = value; }, (x) => `${told(x * scan.per_mm)} ${scan.unit}`);
    const reset = () => {
      Object.assign(eye, start);
      showTimes(eye.times);
      showLimit(eye.limit);
      redraw();
    };
    control("marks").addEventListener("change", (event) => { eye.marks = event.target.checked; redraw(); });
    if (control("photo")) control("photo").addEventListener("change", (event) => { eye.photo = event.target.checked; redraw(); });
    control("reset").addEventListener("click", reset);
    control("above").addEventListener("click", () => {
      Object.assign(eye, { azimuth: 0, elevation: 90, zoom: 1, panX: 0, panY: 0 });
      redraw();
    });
    reset();
    new ResizeObserver(redraw).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
    window.addEventListener("beforeprint", draw);
    return draw;
  };

  // A page of many scans opens each when it comes into sight.
  const watcher = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) { watcher.unobserve(target); open(target); }
    }
  }, { rootMargin: "300px" });
  const figures = [...document.querySelectorAll("figure[data-scene]")];
  for (const figure of figures) watcher.observe(figure);
  // On paper all of them are in sight.
  window.addEventListener("beforeprint", () => {
    for (const figure of figures.filter((x) => !x.dataset.drawnBy)) {
      watcher.unobserve(figure);
      open(figure)();
    }
  });
})();
